/**
 * An upgrade that is interrupted in its migrations. An event trigger of the database stops the built program after a
 * chosen statement, so that it can be killed there.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { migrate, migrations } from "../../src/store/migrations/migrate.ts";
import { txOf } from "../../src/store/transaction.ts";
import { runCommand } from "../programs/command.ts";
import { startCuttingProxy } from "../programs/cutting-proxy.ts";
import { until } from "../programs/eventually.ts";
import { sql, startTestPostgres, type TestPostgres } from "../programs/postgres.ts";
import { silent } from "../programs/store.ts";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;
/** The newest migrations, which an upgrade runs. */
const newest = 6;
const older = migrations.slice(0, -newest);

/** Waits for the lock 471 after the chosen statement. A sequence does not go back with its transaction. */
const gateSql = `
create sequence public.statements;
create table public.gate (after bigint);
insert into public.gate values (0);
create function public.at_gate() returns event_trigger language plpgsql as $$ begin
  if nextval('public.statements') = (select after from public.gate) then perform pg_advisory_xact_lock(471); end if;
end $$;
create event trigger at_gate on ddl_command_end execute function public.at_gate()`;

const shapeSql = `
select table_name || '.' || column_name || ' ' || data_type || ' ' || coalesce(column_default, '') as part
from information_schema.columns where table_schema = 'driftwarden'
union all select indexdef from pg_indexes where schemaname = 'driftwarden'
union all select version || ' ' || min_version from driftwarden.meta order by 1`;

const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
let postgres: TestPostgres;
let folder: string;
let statements: number;
let whole: readonly unknown[];

const shapeOf = (url: string): Promise<readonly unknown[]> => sql(url, shapeSql);

/** A store as the program before the newest migrations left it, and a configuration that names it. */
async function olderStore(name: string, port?: number): Promise<{ url: string; config: string }> {
  await sql(postgres.server.url, `create database "${name}" template older`);
  const url = postgres.server.url.replace(/postgres$/, name);
  const store = new URL(url);
  if (port !== undefined) store.port = String(port);
  const config = join(folder, `${name}.yaml`);
  // The source is never reached: only the store is opened.
  const text = `store: {url: "${store.href}"}\nsources: {main: {url: "${url}"}}\nhttp: {listen: "127.0.0.1:0"}\n`;
  await writeFile(config, text, { mode: 0o600 });
  return { url, config };
}

/** A command that may write opens the store, and so migrates it. */
const opening = (config: string): readonly string[] => ["audit", "accept", "--config", config];

function start(config: string): ChildProcess {
  const child = spawn(process.execPath, [program, ...opening(config)], { stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Nobody gets through the gate after this statement until the returned connection ends. */
async function closeGate(url: string, after: number): Promise<Client> {
  await sql(url, `update public.gate set after = ${after}`);
  const held = new Client({ connectionString: url });
  // A server that dies takes it along.
  held.on("error", () => undefined);
  await held.connect();
  await held.query("select pg_advisory_lock(471)");
  return held;
}

const waitingSql = `select 1 from pg_locks l join pg_database d on d.oid = l.database
  where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`;
const waits = (url: string, processes: number): Promise<void> =>
  until(async () => (await sql(url, waitingSql)).length === processes);

beforeAll(async () => {
  postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  folder = await mkdtemp(join(tmpdir(), "driftwarden-interrupted-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const { url } = await postgres.createDatabase("older");
  const client = new Client({ connectionString: url, options: "-c search_path=driftwarden" });
  await client.connect();
  await migrate(txOf(client), { schema: "driftwarden", logger: silent, all: older });
  await client.query(gateSql);
  await client.end();
  const undisturbed = await olderStore("whole");
  expectCode(await runCommand(opening(undisturbed.config)));
  whole = await shapeOf(undisturbed.url);
  const [count] = await sql(undisturbed.url, "select last_value from public.statements");
  statements = Number(count?.["last_value"]);
});
afterAll(() => lifecycle.stop());

function expectCode({ code, err }: { readonly code: number | null; readonly err: string }): void {
  if (code !== 0) throw new Error(`ended with ${code}: ${err}`);
}

describe("an upgrade that is interrupted in its migrations", () => {
  it("by SIGKILL after any statement changes nothing, and the next start does it whole", async () => {
    expect(statements).toBeGreaterThanOrEqual(newest);
    for (let after = 1; after <= statements; after += 1) {
      const { url, config } = await olderStore(`killed-${after}`);
      const gate = await closeGate(url, after);
      const child = start(config);
      await waits(url, 1);
      child.kill("SIGKILL");
      await once(child, "exit");
      const before = await sql(url, "select version from driftwarden.meta");
      expect(before).toEqual([{ version: older.length }]);
      await gate.end();
      expectCode(await runCommand(opening(config)));
      expect(await shapeOf(url), `after statement ${after}`).toEqual(whole);
    }
  });

  it("in one of two programs that start at once is done by the other", async () => {
    const { url, config } = await olderStore("two");
    const gate = await closeGate(url, 3);
    const first = start(config);
    await waits(url, 1);
    const second = start(config);
    await waits(url, 2);
    first.kill("SIGKILL");
    await once(first, "exit");
    const ended = once(second, "exit");
    await gate.end();
    expect(await ended).toEqual([0, null]);
    expect(await shapeOf(url)).toEqual(whole);
  });

  it("by the end of the database's server goes on when the server is back", async () => {
    const { url, config } = await olderStore("away");
    await closeGate(url, 3);
    const child = start(config);
    const ended = once(child, "exit");
    await waits(url, 1);
    await postgres.server.kill();
    await postgres.server.restart();
    expect(await ended).toEqual([0, null]);
    expect(await shapeOf(url)).toEqual(whole);
  });

  it("by a connection that breaks at the commit looks at what is stored, and goes on", async () => {
    const proxy = await startCuttingProxy(postgres.server.port);
    onTestFinished(() => proxy.stop());
    const { url, config } = await olderStore("commit", proxy.port);
    proxy.cutAfter("commit\0");
    expectCode(await runCommand(opening(config)));
    expect(await shapeOf(url)).toEqual(whole);
  });

  it("by a database that stays away ends with 75 and names the store and the next step", async () => {
    const proxy = await startCuttingProxy(postgres.server.port);
    onTestFinished(() => proxy.stop());
    const { url, config } = await olderStore("gone", proxy.port);
    const gate = await closeGate(url, 3);
    await appendFile(config, "startup_timeout: 5s\n");
    const ending = runCommand(["run", "--config", config]);
    await waits(url, 1);
    proxy.cut();
    await gate.end();
    const { code, out, err } = await ending;
    expect(code).toBe(75);
    expect(`${out}${err}`).toContain("DW_STORE_UNREACHABLE");
    expect(`${out}${err}`).toContain("store.url");
    proxy.restore();
    expectCode(await runCommand(opening(config)));
    expect(await shapeOf(url)).toEqual(whole);
  });
});
