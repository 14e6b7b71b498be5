/** A member of the group that is stopped by a signal while another takes its partition, and wakes up with work in hand. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import type { SandboxKafka } from "../../src/sandbox/kafka.ts";
import { Feeder } from "../acceptance/feeder.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { kafkaForTests, startTestKafka } from "../programs/kafka.ts";
import { sql, startTestPostgres, type TestDatabase } from "../programs/postgres.ts";

const available = await kafkaForTests();
const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
let kafka: SandboxKafka;
let folder: string;
let source: TestDatabase;
let storeUrl: string;
let feeder: Feeder;

beforeAll(async () => {
  if (!available) return;
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  kafka = await startTestKafka();
  lifecycle.onStop("kafka", () => kafka.stop());
  folder = await mkdtemp(join(tmpdir(), "driftwarden-fencing-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  source = await postgres.createSource("explainability");
  storeUrl = (await postgres.createDatabase("driftwarden")).url;
  feeder = await Feeder.start(source.url);
  lifecycle.onStop("feeder", () => feeder.stop());
});
afterAll(() => lifecycle.stop());

async function started(name: string): Promise<Daemon> {
  const configFile = join(folder, `${name}.yaml`);
  const text = `
store: {url: "${storeUrl}?application_name=${name}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, assembly_window: 300ms}}
stream: {partitions: 1, kafka: {brokers: ${JSON.stringify(kafka.brokers)}, session_timeout: 3s}}
detection: {checkpoint_interval: 4s}
http: {listen: "127.0.0.1:0"}
`;
  await writeFile(configFile, text, { mode: 0o600 });
  const daemon = await startDaemon(configFile);
  lifecycle.onStop(name, async () => void (await daemon.stop()));
  return daemon;
}

/**
 * Writes down who claims the partition and who writes for it. Both lock the partition first, so the numbers tell the
 * order.
 */
const writeDown = `
CREATE SCHEMA seen;
CREATE TABLE seen.writes (number bigserial, who text DEFAULT current_setting('application_name'), what text);
CREATE FUNCTION seen.note() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO seen.writes (what) VALUES (TG_ARGV[0]); RETURN NULL; END $$;
CREATE TRIGGER claim AFTER UPDATE OF epoch ON driftwarden.partitions FOR EACH ROW EXECUTE FUNCTION seen.note('claim');
CREATE TRIGGER state AFTER INSERT OR UPDATE ON driftwarden.states FOR EACH ROW EXECUTE FUNCTION seen.note('state');
CREATE TRIGGER decision AFTER INSERT ON driftwarden.decisions FOR EACH ROW EXECUTE FUNCTION seen.note('decision')`;

interface Write {
  readonly who: string;
  readonly what: string;
}

async function writes(): Promise<readonly Write[]> {
  const rows = await sql(storeUrl, "SELECT who, what FROM seen.writes ORDER BY number");
  return rows.map(({ who, what }) => ({ who: String(who), what: String(what) }));
}

/** Until the daemon that holds the partition has learned something that it has not saved. */
async function unsaved(daemons: ReadonlyMap<string, Daemon>): Promise<string> {
  const before = (await writes()).length;
  await eventually(async () => {
    const later = (await writes()).slice(before);
    expect(later.map(({ what }) => what)).toContain("state");
  });
  const holder = (await last("state")) ?? "";
  const url = daemons.get(holder)?.url ?? "";
  const saved = await lastAt(url);
  await eventually(async () => expect(await lastAt(url)).toBeGreaterThan(saved));
  return holder;
}

/** The newest attribution of the one model, ms since 1970. */
async function lastAt(url: string): Promise<number> {
  const page: { readonly items: readonly { readonly last_at: string }[] } = JSON.parse(
    await (await fetch(`${url}/api/v1/models`)).text(),
  );
  return Date.parse(page.items[0]?.last_at ?? "1970-01-01");
}

const last = async (what: string): Promise<string | undefined> =>
  (await writes()).findLast((write) => write.what === what)?.who;

/** @returns the writes of anybody but the one who claimed last */
function strays(all: readonly Write[]): readonly Write[] {
  let owner = all.find(({ what }) => what !== "claim")?.who;
  return all.filter(({ who, what }) => {
    if (what === "claim") owner = who;
    return who !== owner;
  });
}

it.skipIf(!available)(
  "a member that was paused writes no state and no decision until it has claimed its partition again",
  async () => {
    const first = await started("first");
    await eventually(async () => {
      const saved = await sql(storeUrl, "SELECT 1 FROM driftwarden.states");
      expect(saved).toHaveLength(1);
    });
    await sql(storeUrl, writeDown);
    const daemons = new Map([["first", first]]);
    const second = await started("second");
    daemons.set("second", second);
    await eventually(async () => {
      const text = await (await fetch(`${second.url}/metrics`)).text();
      expect(text).toMatch(/driftwarden_kafka_group_joins_total [1-9]/);
    });
    const holder = await unsaved(daemons);
    const other = holder === "first" ? "second" : "first";
    const stopped = daemons.get(holder);
    if (stopped === undefined) throw new Error(`nobody called ${holder} was started`);

    process.kill(stopped.pid, "SIGSTOP");
    try {
      await eventually(async () => expect(await last("claim")).toBe(other));
      feeder.drop("cpu_usage");
      await eventually(async () => expect(await last("decision")).toBe(other));
    } finally {
      process.kill(stopped.pid, "SIGCONT");
    }
    await eventually(() => expect(stopped.said.join("\n")).toContain("DW_STORE_FENCED"));
    await daemons.get(other)?.stop();
    await eventually(async () => expect(await last("claim")).toBe(holder));
    feeder.restore("cpu_usage");
    await eventually(async () => expect(await last("decision")).toBe(holder));
    const all = await writes();
    expect(strays(all)).toEqual([]);
    expect(all.filter(({ what }) => what === "decision")).toHaveLength(2);
  },
);
