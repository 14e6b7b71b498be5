import { describe, expect, it } from "vitest";
import { toJson } from "../../../src/store/json.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

describe("text from outside that Postgres cannot hold (FR-K2, FR-H5)", () => {
  it("is stored, in text, arrays and documents, alone and in a transaction", async () => {
    const store = await stores.open();
    const select =
      "select $1::text as name, $2::text[] as names, $3::json ->> 'container' as container";
    const values = ["web\0", ["\0", "b"], toJson({ container: "a\0b\ud800" })] as const;
    const stored = { name: "web\uFFFD", names: ["\uFFFD", "b"], container: "a\uFFFDb\uFFFD" };
    expect(await store.query(select, values)).toEqual([stored]);
    expect(await store.transaction((tx) => tx.query(select, values))).toEqual([stored]);
  });
});
