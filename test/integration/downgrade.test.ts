/** The version before this one, started on a store that this version, or a later one, has migrated. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { migrations } from "../../src/store/migrations/migrate.ts";
import { runCommand } from "../programs/command.ts";
import { startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";
import { buildVersionBefore, hasVersionBefore } from "../programs/version-before.ts";

const metaSql = "select version, min_version from driftwarden.meta";

describe.runIf(await hasVersionBefore())("a downgrade", () => {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
  let before: string;
  let configFile: string;
  let storeUrl: string;

  beforeAll(async () => {
    ({ program: before } = await buildVersionBefore());
    const postgres = await startTestPostgres();
    lifecycle.onStop("postgres", () => postgres.stop());
    const source = await postgres.createSource("explainability");
    ({ url: storeUrl } = await postgres.createDatabase("driftwarden"));
    const folder = await mkdtemp(join(tmpdir(), "driftwarden-downgrade-"));
    lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
    configFile = join(folder, "driftwarden.yaml");
    const text = `
store: {url: "${storeUrl}"}
sources: {main: {url: "${source.readonlyUrl}"}}
http: {listen: "127.0.0.1:0"}
`;
    await writeFile(configFile, text, { mode: 0o600 });
    const ours = await startDaemon(configFile);
    await ours.stop();
  });
  afterAll(() => lifecycle.stop());

  async function admitted(): Promise<void> {
    const { length: version } = migrations;
    const values = `version = ${version}, min_version = ${migrations.at(-1)?.minVersion}`;
    await sql(storeUrl, `update driftwarden.meta set ${values}`);
  }

  it("runs the version before while the schema admits it, and leaves the schema alone", async () => {
    // The newest migrations refuse this version. Here it stands for one that they admit.
    await sql(storeUrl, "update driftwarden.meta set min_version = 22");
    onTestFinished(admitted);
    expect(await sql(storeUrl, metaSql)).toMatchObject([{ version: migrations.length }]);
    const older = await startDaemon(configFile, [], before);
    onTestFinished(() => older.kill());
    expect(await older.stop()).toBe(0);
    expect(await sql(storeUrl, metaSql)).toMatchObject([{ version: migrations.length }]);
  });

  it("stops a running daemon with 78 once the schema needs a newer program", async () => {
    const ours = await startDaemon(configFile);
    onTestFinished(() => ours.kill());
    await eventually(async () =>
      expect(await sql(storeUrl, "select 1 from driftwarden.members")).not.toEqual([]),
    );
    await sql(storeUrl, "update driftwarden.meta set version = 99, min_version = 98");
    onTestFinished(admitted);
    expect(await ours.ended).toBe(78);
    const said = ours.said.join("\n");
    expect(said).toContain("DW_STORE_TOO_NEW");
    expect(said).toContain("schema driftwarden is at version 99 and admits programs");
  });

  it("is refused when min_version rose: the sentence names the schema, the versions and the next step", async () => {
    await sql(storeUrl, "update driftwarden.meta set version = 99, min_version = 98");
    onTestFinished(admitted);
    const run = ["run", "--config", configFile];
    const older = await runCommand(run, { program: before });
    const ours = await runCommand(run);
    for (const { out, err } of [older, ours]) {
      expect(`${out}${err}`).toContain("DW_STORE_TOO_NEW");
      expect(`${out}${err}`).toContain("schema driftwarden is at version 99 and admits programs");
      expect(`${out}${err}`).toContain("Install the newer Driftwarden again, or restore the store");
    }
    expect([older.code, ours.code]).toEqual([expect.any(Number), 78]);
    expect(older.code).not.toBe(0);
    expect(await sql(storeUrl, metaSql)).toEqual([{ version: 99, min_version: 98 }]);
  });
});
