/** A program that runs while another one migrates the store so that it needs a newer program. */
import { describe, expect, it } from "vitest";
import { HeldPartitions } from "../../../src/app/held-partitions.ts";
import { systemClock } from "../../../src/clock.ts";
import type { Store } from "../../../src/store/store.ts";
import { eventually } from "../../programs/eventually.ts";
import { sql } from "../../programs/postgres.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();
const refusal = { code: "DW_STORE_TOO_NEW" };

interface Opened {
  readonly store: Store;
  readonly schema: string;
  readonly refused: Error[];
}

async function opened(schema: string): Promise<Opened> {
  const refused: Error[] = [];
  const onRefused = (error: Error): void => void refused.push(error);
  return { store: await stores.open({ schema, onRefused }), schema, refused };
}

const metaSql = (schema: string): string =>
  `update ${schema}.meta set version = 99, min_version = 98`;
const insertSql = "insert into members (group_name, owner, until) values ('g', $1, now())";

describe("a program that the schema no longer admits", () => {
  it("ends the transaction that it is in, and writes nothing more", async () => {
    const { store, schema, refused } = await opened("outgrown");
    await store.transaction(async (tx) => {
      await tx.query(insertSql, ["before"]);
      await store.query(metaSql(schema));
      await tx.query(insertSql, ["in the same transaction"]);
    });
    const again = (): Promise<unknown> => store.transaction((tx) => tx.query(insertSql, ["after"]));
    await expect(again()).rejects.toMatchObject(refusal);
    await expect(again()).rejects.toMatchObject(refusal);
    await expect(store.query(insertSql, ["alone"])).rejects.toMatchObject(refusal);
    expect(refused).toMatchObject([refusal]);
    const rows = await sql(stores.url, `select owner from ${schema}.members order by owner`);
    expect(rows).toEqual([{ owner: "before" }, { owner: "in the same transaction" }]);
  });

  it("goes on while a newer schema admits it", async () => {
    const { store, schema, refused } = await opened("expanded");
    await store.query(`update ${schema}.meta set version = 99`);
    await store.transaction((tx) => tx.query(insertSql, ["one"]));
    expect(await store.query("select owner from members")).toEqual([{ owner: "one" }]);
    expect(refused).toEqual([]);
  });

  it("notices it at its next heartbeat when it has nothing else to do", async () => {
    const { store, schema, refused } = await opened("idle");
    const held = new HeldPartitions({
      store,
      stream: "s",
      partitions: 1,
      owner: "one",
      ttlMs: 300,
      clock: systemClock,
    });
    try {
      await eventually(async () =>
        expect(await store.query("select 1 from members where owner = 'one'")).not.toEqual([]),
      );
      await store.query(metaSql(schema));
      await eventually(async () => expect(refused).toMatchObject([refusal]));
    } finally {
      await held.stop();
    }
  });
});
