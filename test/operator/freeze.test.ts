import { describe, expect, it } from "vitest";
import { freeze } from "../../src/operator/freeze.ts";
import type { Store } from "../../src/store/store.ts";

const unasked = (): never => {
  throw new Error("the store was asked");
};
const store: Store = {
  query: unasked,
  transaction: unasked,
  listen: unasked,
  sizeBytes: unasked,
  close: unasked,
};

describe("the command freeze", () => {
  it.each([
    ["how long", { for: "2h" }],
    ["why", { reason: "code freeze" }],
    ["for what", { model: ["churn"] }],
  ])("is refused without a name when it says %s, and lists nothing instead", async (_, given) => {
    const asked = freeze.arguments.parse({ ...given, as: "sarah" });
    expect(await freeze.handle(asked, { store })).toMatchObject({
      done: false,
      problem: expect.stringContaining("name of the freeze is missing"),
    });
  });
});
