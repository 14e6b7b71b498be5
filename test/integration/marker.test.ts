/** `driftwarden marker` as people type it, with the built program and the log of a real store. */
import { expect, it } from "vitest";
import { decodeRecord } from "../../src/stream/codec.ts";
import { fileWith } from "../cli/files.ts";
import { runCommand } from "../programs/command.ts";
import { sql } from "../programs/postgres.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

it("driftwarden marker puts the announcement into the stream before it says so, under one id however often it is typed", async () => {
  const config = fileWith(
    "dw.yaml",
    `store: {url: "${stores.url}"}\nsources: {main: {url: "${stores.url}"}}\nfixes: []\n`,
  );
  const at = ["--at", "2026-01-31T12:00:00Z"];
  const announce = () => runCommand(["marker", "churn", "retrain", "--config", config, ...at]);
  const said = {
    code: 0,
    out: expect.stringContaining("announced retrain of "),
    err: expect.stringContaining("so the name churn was not checked"),
  };
  expect(await announce()).toEqual(said);
  expect(await announce()).toEqual(said);

  const rows = await sql(
    stores.url,
    "select encode(bytes, 'hex') as hex from driftwarden.log_records",
  );
  const [first, second, third] = rows.map(({ hex }) =>
    decodeRecord(Buffer.from(String(hex), "hex")),
  );
  expect(first).toMatchObject({
    kind: "marker",
    model: "default/production/main/churn",
    marker: "retrain",
    at: Date.UTC(2026, 0, 31, 12) * 1000,
  });
  // Detection drops what carries an id that it has seen.
  expect(second).toEqual(first);
  expect(third).toBeUndefined();
});

it("driftwarden marker refuses a model that no saved state knows, and names the nearest (FR-B7)", async () => {
  const config = fileWith(
    "dw.yaml",
    `store: {url: "${stores.url}"}\nsources: {other: {url: "${stores.url}"}}\nfixes: []\n`,
  );
  await sql(
    stores.url,
    `insert into driftwarden.states (stream, partition, model, applied_through, state)
     values ('log', 0, 'default/production/other/churn-v7', 1, ''), ('log', 0, 'default/production/main/x', 1, '')`,
  );
  const { code, err, out } = await runCommand([
    "marker",
    "churn-v6",
    "retrain",
    "--config",
    config,
  ]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("there is no model churn-v6");
  expect(err).toContain("Did you mean churn-v7? Known are churn-v7.");
});
