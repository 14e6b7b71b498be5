/** A table that changes its shape after `init` has written the configuration, and before `run` reads it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { unready } from "../acceptance/bad-input/environment.ts";
import { runCommand } from "../programs/command.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { newFolder, runInit } from "../programs/init.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { withSource } from "../programs/source.ts";

const sources = withSource();

const table = `CREATE TABLE explainability_metrics (id int);
  CREATE TABLE scores (ts timestamptz, model text, feature text, value float8);
  INSERT INTO scores SELECT now() - i * interval '30 minutes', 'churn', f, 0.3 + 0.01 * (i % 3)
    FROM generate_series(100, 0, -1) i, unnest(array['age', 'income']) f;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO readonly`;

interface Change {
  readonly what: string;
  readonly change: string;
  readonly code: string;
  readonly hint: string;
  readonly back: string;
}

const changes: readonly Change[] = [
  {
    what: "whose importance has another name",
    change: "ALTER TABLE scores RENAME value TO shap",
    code: "DW_SOURCE_COLUMN_MISSING",
    hint: "importance: shap",
    back: "ALTER TABLE scores RENAME shap TO value",
  },
  {
    what: "whose time is a number",
    change: "ALTER TABLE scores ALTER ts TYPE bigint USING extract(epoch FROM ts)",
    code: "DW_SOURCE_COLUMN_TYPE",
    hint: "time_unit",
    back: "ALTER TABLE scores ALTER ts TYPE timestamptz USING to_timestamp(ts)",
  },
  {
    what: "that has moved to another schema",
    change: "CREATE SCHEMA other; ALTER TABLE scores SET SCHEMA other",
    code: "DW_SOURCE_TABLE_MISSING",
    hint: "set table of the source",
    back: "ALTER TABLE other.scores SET SCHEMA public",
  },
];

let stores = 0;

/** A database of its own, and the configuration that `init` writes for it. */
async function initialised(): Promise<{ readonly source: TestDatabase; readonly file: string }> {
  const source = await sources.newSource(table);
  const store = await sources.postgres.createDatabase(`changed_store_${(stores += 1)}`);
  const file = join(newFolder(), "driftwarden.yaml");
  const args = ["--from", source.readonlyUrl, "--store", store.url, "--out", file];
  expect((await runInit(args)).error).toBeUndefined();
  const written = readFileSync(file, "utf8");
  writeFileSync(file, written.replace("listen: 127.0.0.1:9642", "listen: 127.0.0.1:0"));
  return { source, file };
}

async function run(file: string): Promise<Daemon> {
  const daemon = await startDaemon(file);
  onTestFinished(() => daemon.kill());
  return daemon;
}

/** The name that `init` gives the source. */
const part = "source:main";

describe("a table that changes between init and run", () => {
  it.each(changes.map((row) => [row.what, row] as const))(
    "%s is named by check and by the daemon, which reads once it is back",
    async (_what, row) => {
      const { source, file } = await initialised();
      await sql(source.url, row.change);
      const checked = await runCommand(["check", "--json", "--config", file]);
      expect(checked.code).toBe(1);
      expect(checked.out).toContain(`"code":"${row.code}"`);
      expect(checked.out).toContain(row.hint);
      const daemon = await run(file);
      await eventually(async () => expect(await unready(daemon, part)).toContain(row.hint));
      await sql(source.url, row.back);
      await eventually(async () => expect(await unready(daemon, part)).toBeNull());
      expect(await daemon.stop()).toBe(0);
    },
  );

  it("that has become a view is read by time, and check says what that costs", async () => {
    const { source, file } = await initialised();
    await sql(
      source.url,
      `ALTER TABLE scores RENAME TO scores_now; CREATE VIEW scores AS SELECT * FROM scores_now;
       GRANT SELECT ON scores TO readonly`,
    );
    const checked = await runCommand(["check", "--config", file]);
    expect(checked.out).toMatch(/a view/);
    const daemon = await run(file);
    await eventually(async () => expect(await unready(daemon, part)).toBeNull());
    expect(await daemon.stop()).toBe(0);
  });
});
