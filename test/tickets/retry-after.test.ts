import { describe, expect, it, onTestFinished } from "vitest";
import { alertmanager } from "../../src/tickets/alertmanager/alertmanager.ts";
import { retryAfter } from "../../src/tickets/retry-after.ts";
import { hostileServer } from "./jira/hostile-server.ts";
import { at, errorOf, json } from "./jira/open-example.ts";

const hour = 3_600_000;
const now = Date.parse("2026-11-20T10:00:00Z");
const rightDate = "Fri, 20 Nov 2026 10:00:00 GMT";

describe("how long Jira is left alone", () => {
  it.each([
    ["17", undefined, 17_000],
    ["0", undefined, 0],
    ["0.5", undefined, 500],
    [" 30 ", undefined, 30_000],
    ["9999999", undefined, hour],
    ["99999999999999999999999", undefined, hour],
    ["Fri, 31 Dec 9999 23:59:59 GMT", rightDate, hour],
    ["Fri, 20 Nov 2026 10:00:30 GMT", rightDate, 30_000],
    ["Fri, 20 Nov 2026 10:00:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 30_000],
    ["Fri, 20 Nov 2026 10:00:30 GMT", "no date", 30_000],
    ["Fri, 20 Nov 2026 12:00:30 GMT", "Fri, 20 Nov 2026 12:00:00 GMT", 30_000],
    ["Fri, 20 Nov 2020 10:00:00 GMT", rightDate, 0],
  ])("FR-J4: Retry-After %s with Date %s is %s ms", (text, date, ms) => {
    expect(retryAfter(text, date, now)?.ms).toBe(ms);
  });

  it.each([undefined, "", "soon", "-5", "1e9", "0x11", "NaN", "Infinity", "12 34"])(
    "FR-J4: Retry-After %s says nothing",
    (text) => expect(retryAfter(text, rightDate, now)).toBeUndefined(),
  );

  it("FR-J4: says so when Jira asked for more than an hour", async () => {
    const { jira } = await at(json(503, {}, { "retry-after": "9999999" }));
    const error = await errorOf(jira.get("1"));
    expect(error.retryAfterMs).toBe(hour);
    expect(error.message).toContain("asked for more than an hour");
  });
});

describe("how long an Alertmanager is left alone", () => {
  it.each([
    ["7", 7000],
    ["Fri, 20 Nov 2026 10:00:30 GMT", 30_000],
    ["9999999", hour],
    ["soon", undefined],
  ])("is what its Retry-After says: %s", async (text, ms) => {
    const server = await hostileServer((response) =>
      response.writeHead(503, { "retry-after": text, date: rightDate }).end(),
    );
    onTestFinished(() => server[Symbol.asyncDispose]());
    const asking = alertmanager({ url: server.url }).status();
    await expect(asking).rejects.toMatchObject({ retryAfterMs: ms });
  });
});
