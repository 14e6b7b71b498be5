/** Commands that only read, with the built program, on a store that is not as this version makes it. */
import { expect, it } from "vitest";
import { migrations } from "../../src/store/migrations/migrate.ts";
import { fileWith } from "../cli/files.ts";
import { runCommand } from "../programs/command.ts";
import { sql } from "../programs/postgres.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const configOf = (schema: string): string =>
  fileWith(
    "dw.yaml",
    `store: {url: "${stores.url}", schema: ${schema}}\nsources: {main: {url: "${stores.url}"}}\nfixes: []\n`,
  );

const reading: readonly (readonly string[])[] = [
  ["incidents", "list"],
  ["incidents", "show", "7"],
  ["fixes", "list"],
  ["fixes", "evidence", "f"],
  ["fixes", "explain", "4580c5ca"],
  ["report"],
  ["report", "--month", "2026-11"],
  ["effects"],
  ["audit", "--since", "24h"],
  ["audit", "verify"],
];

it("make no schema where there is none, and say that the daemon makes it", async () => {
  const config = configOf("nobody");
  const ran = await Promise.all(reading.map((words) => runCommand([...words, "--config", config])));
  for (const [i, { code, out, err }] of ran.entries()) {
    expect({ words: reading[i], code, out }).toEqual({ words: reading[i], code: 1, out: "" });
    expect(err).toContain("the store has no schema nobody yet");
    expect(err).toContain("systemctl start driftwarden");
  }
  expect(await sql(stores.url, "select 1 from pg_namespace where nspname = 'nobody'")).toEqual([]);
});

it("leave the schema of an older version as it is, and say what to do (DW_STORE_TOO_OLD)", async () => {
  await stores.open({ schema: "older" });
  await sql(stores.url, "update older.meta set version = version - 1");
  const { code, err } = await runCommand(["report", "--config", configOf("older")]);
  expect(code).toBe(1);
  const versions = `at version ${migrations.length - 1}, and this program reads version ${migrations.length}`;
  expect(err).toContain(versions);
  expect(err).toContain("DW_STORE_TOO_OLD");
  const [meta] = await sql(stores.url, "select version from older.meta");
  expect(meta).toEqual({ version: migrations.length - 1 });
});

it("answer on a store of this version, and can write nothing to it", async () => {
  await stores.open({ schema: "fresh" });
  const config = configOf("fresh");
  const ran = await Promise.all(reading.map((words) => runCommand([...words, "--config", config])));
  for (const { err } of ran) expect(err).not.toMatch(/read-only|DW_STORE/);
  const reader = await stores.open({ schema: "fresh", readOnly: true });
  await expect(reader.query("update meta set version = 1")).rejects.toMatchObject({
    code: "25006",
  });
});
