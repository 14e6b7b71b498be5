import { describe, expect, it } from "vitest";
import { auditShow } from "../../src/operator/audit-show.ts";

const sinceOf = (since: string) => auditShow.arguments.safeParse({ since }).data?.since;

describe("the start of what the audit shows", () => {
  it.each([
    ["2026-01-31T04:00Z", "2026-01-31T04:00:00Z"],
    ["2026-01-31 04:00:05.5Z", "2026-01-31T04:00:05.500Z"],
    ["2026-01-31T04:00+01:00", "2026-01-31T03:00:00Z"],
  ])("%s is %s", (text, wanted) => {
    expect(sinceOf(text)).toEqual({ atMs: Date.parse(wanted) });
  });

  it("24h is so long ago", () => {
    expect(sinceOf("24h")).toEqual({ agoMs: 86_400_000 });
  });

  it.each([
    "2026-01-31T04:00",
    "2026-01-31",
    "2026-02-31T04:00Z",
    "2026-01-31Z",
    "yesterday",
    "04:00",
  ])("%s is no time with its zone", (text) => {
    expect(sinceOf(text)).toBeUndefined();
  });
});
