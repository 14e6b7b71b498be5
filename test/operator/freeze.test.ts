import { describe, expect, it } from "vitest";
import { freeze } from "../../src/operator/freeze.ts";

describe("the command freeze", () => {
  it.each([
    ["how long", { for: "2h" }],
    ["why", { reason: "code freeze" }],
    ["for what", { model: ["churn"] }],
  ])("is refused without a name when it says %s, and lists nothing instead", (_, given) => {
    const { error } = freeze.arguments.safeParse({ ...given, as: "sarah" });
    expect(error?.message).toContain("name of the freeze is missing");
  });
});
