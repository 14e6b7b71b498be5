/**
 * The main job on real parts: Postgres, Kafka, a Docker engine, Jira over HTTP, the built daemon as a child process.
 *
 * A feeder drops one feature four times and restores it when the container's started-at changes, so each restart is a
 * real cure. The budget allows three restarts. The fourth must be refused, and the ticket must state that. The daemon
 * is killed between the second and the third. All counts come from the ledgers of the sandbox and the engine.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { createLifecycle, type Lifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { startTestDocker } from "../programs/docker.ts";
import { startTestKafka } from "../programs/kafka.ts";
import { startTestPostgres, type TestPostgres } from "../programs/postgres.ts";
import { waitUntil } from "../programs/wait-until.ts";
import { Feeder } from "./feeder.ts";

export interface EndToEndResult {
  readonly tickets: number;
  readonly restarts: number;
  readonly refused: number;
  readonly refused_by: string;
  readonly refusal_on_ticket: boolean;
  readonly remembered_after_restart: boolean;
  /** Mails to the watchers of the ticket. */
  readonly mails: number;
}

export const promised: EndToEndResult = {
  tickets: 1,
  restarts: 3,
  refused: 1,
  refused_by: "budget",
  refusal_on_ticket: true,
  remembered_after_restart: true,
  // One mail each for the new ticket, its picture, and the first result of a restart. Repeats, further results and the
  // refusal are edits.
  mails: 3,
};

const drops = 4;
const killedAfter = 2;
/** Timeout; long, for a busy machine. */
const timeoutMs = 240_000;

interface TestEnvironment {
  readonly jira: JiraSandbox;
  readonly engine: DockerEngine;
  readonly container: string;
  readonly feeder: Feeder;
  readonly configFile: string;
}

/** @param say receives what happens, one line each */
export async function endToEnd(say: (line: string) => void): Promise<EndToEndResult> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
  try {
    const environment = await setUp(lifecycle, say);
    return await play(environment, lifecycle, say).finally(() => tell(environment, say));
  } finally {
    await lifecycle.stop();
  }
}

async function setUp(lifecycle: Lifecycle, say: (line: string) => void): Promise<TestEnvironment> {
  const postgres: TestPostgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const kafka = await startTestKafka();
  lifecycle.onStop("kafka", () => kafka.stop());
  const engine = await startTestDocker();
  lifecycle.onStop("docker", () => engine.stop());
  const jira = await startJiraSandbox();
  lifecycle.onStop("jira", () => jira.stop());
  say(
    `real Postgres, Kafka (${kafka.brokers.join()}) and Docker engine are up; Jira sandbox on ${jira.url}`,
  );
  const container = await engine.run({ name: "my-service-1", labels: { app: "my-service" } });
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const feeder = await Feeder.start(source.url);
  lifecycle.onStop("feeder", () => feeder.stop());
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-e2e-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  const tokenFile = join(folder, "jira-token");
  await writeFile(tokenFile, "not-a-secret\n", { mode: 0o600 });
  const urls = { source: source.readonlyUrl, store: store.url, jira: jira.url };
  const parts = { ...urls, tokenFile, brokers: kafka.brokers, socket: engine.socket };
  await writeFile(configFile, config(parts), { mode: 0o600 });
  return { jira, engine, container, feeder, configFile };
}

/** Prints the tickets and their comments as Jira received them. */
function tell({ jira }: TestEnvironment, say: (line: string) => void): void {
  for (const issue of jira.issues()) {
    say(`${issue.key} ${issue.summary}\n${issue.description}`);
    for (const { body } of issue.comments) say(`  ${body}`);
  }
}

function config(parts: {
  readonly source: string;
  readonly store: string;
  readonly jira: string;
  readonly tokenFile: string;
  readonly brokers: readonly string[];
  readonly socket: string;
}): string {
  return `
store: {url: "${parts.store}"}
sources: {main: {url: "${parts.source}", poll_interval: 200ms, assembly_window: 300ms}}
stream: {partitions: 2, kafka: {brokers: ${JSON.stringify(parts.brokers)}, topic: driftwarden, session_timeout: 6s}}
detection: {checkpoint_interval: 2s}
jira: {url: "${parts.jira}", user: bot, token_file: ${parts.tokenFile}, project: IR, issue_type: Bug}
docker: {socket: ${parts.socket}}
verify: {health_after: 1s, model_after: 1s, give_up_after: 20 cadences}
fixes: [{name: restart-svc, when: {feature: cpu_usage}, do: restart-container, grace_seconds: 0, target: {label: app=my-service}, mode: auto, cooldown: 1s, max_runs: 3 per 24h}]
http: {listen: "127.0.0.1:0"}
`;
}

async function play(
  environment: TestEnvironment,
  lifecycle: Lifecycle,
  say: (line: string) => void,
): Promise<EndToEndResult> {
  const { feeder, configFile, engine } = environment;
  let daemon: Daemon = await startDaemon(configFile);
  lifecycle.onStop("daemon", async () => void (await daemon.stop()));
  let remembered = false;
  for (let drop = 1; drop <= drops; drop += 1) {
    const startedAt = await startedAtOf(environment);
    feeder.drop("cpu_usage");
    say(`drop ${drop}: cpu_usage collapses`);
    if (drop === drops) break;
    await until(async () => (await startedAtOf(environment)) !== startedAt, `restart ${drop}`);
    feeder.restore("cpu_usage");
    say(`drop ${drop}: the container was restarted, the feature is restored`);
    await until(async () => (await stateOf(daemon)) === "recovered", `recovery ${drop}`);
    await until(() => told(environment, /it helped:/g) === drop, `verdict ${drop}`);
    if (drop === killedAfter) {
      await daemon.kill();
      say("the daemon was killed with SIGKILL");
      daemon = await startDaemon(configFile);
      await until(() => isReady(daemon), "the daemon to be ready again");
      remembered = (await runs(daemon)).length === drop && (await remembers(daemon)) === drop;
    }
  }
  const refusal = /was refused/g;
  await until(() => told(environment, refusal) > 0, "the refusal on the ticket");
  const refused = (await runs(daemon)).filter((run) => run.status === "denied");
  say(`drop ${drops}: refused by ${refused.map((run) => run.gate).join()}`);
  return {
    tickets: environment.jira.issues().length,
    restarts: engine.restarts.length,
    refused: told(environment, refusal),
    refused_by: refused.map((run) => run.gate).join(),
    refusal_on_ticket: told(environment, /was refused by budget/g) > 0,
    remembered_after_restart: remembered,
    mails: environment.jira.mails("IR-1"),
  };
}

/** Counts the matches in the texts of the tickets. */
function told({ jira }: TestEnvironment, pattern: RegExp): number {
  return jira.issues().flatMap(({ description }) => description.match(pattern) ?? []).length;
}

async function startedAtOf({ engine, container }: TestEnvironment): Promise<string> {
  const inspected = z.object({ State: z.object({ StartedAt: z.string() }) });
  return inspected.parse(await engine.api(`GET /containers/${container}/json`)).State.StartedAt;
}

interface RunSeen {
  readonly status: string;
  readonly gate: string | null;
}

async function items<Item>(daemon: Daemon, path: string): Promise<readonly Item[]> {
  const response = await fetch(`${daemon.url}/api/v1/${path}`);
  const page: { readonly items: readonly Item[] } = JSON.parse(await response.text());
  return page.items;
}

const runs = (daemon: Daemon): Promise<readonly RunSeen[]> => items<RunSeen>(daemon, "runs");

async function stateOf(daemon: Daemon): Promise<string | undefined> {
  return (await items<{ state: string }>(daemon, "incidents"))[0]?.state;
}

/** Number of runs in the incident. */
async function remembers(daemon: Daemon): Promise<number | undefined> {
  return (await items<{ runs: readonly unknown[] }>(daemon, "incidents"))[0]?.runs.length;
}

async function isReady(daemon: Daemon): Promise<boolean> {
  return (await fetch(`${daemon.url}/-/ready`)).ok;
}

const until = (condition: () => boolean | Promise<boolean>, what: string): Promise<void> =>
  waitUntil(condition, { what, withinMs: timeoutMs });
