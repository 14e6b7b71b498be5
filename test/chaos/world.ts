/** The parts of a chaos run: real databases and broker, doubles with ledgers, a proxy before each, two daemons. */
import { chmod, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lifecycle } from "../../src/app/lifecycle.ts";
import { startGuard } from "../../src/sandbox/guard.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { type SandboxKafka, startKafka } from "../../src/sandbox/kafka.ts";
import { startTestPostgres, type TestPostgres } from "../programs/postgres.ts";
import { Approver, approveWithinMs } from "./approver.ts";
import { type ByteCuttingProxy, type Place, startByteCuttingProxy } from "./byte-cutting-proxy.ts";
import type { ContainerEngine } from "./container-engine.ts";
import { Conversation, outsiderName, speakerName } from "./conversation.ts";
import { DaemonProcess } from "./daemon-process.ts";
import { startDockerDouble } from "./docker-double.ts";
import { startRealEngine } from "./docker-engine.ts";
import { Feeder } from "./feeder.ts";
import { Person, personName } from "./person.ts";
import { type Random, seeded } from "./random.ts";
import { mountSmallDisk, type SmallDisk } from "./small-disk.ts";

export interface WorldOptions {
  readonly stream: "kafka" | "postgres";
  readonly docker: "double" | "engine";
  /** Whether the daemons reach the engine through an executor only. Default false. */
  readonly executor?: boolean;
  readonly random: Random;
  /** Whether each model's episode is a case, and has a ticket, of its own. */
  readonly ungrouped: boolean;
  /** The built program. */
  readonly dist: string;
}

/** The servers that a daemon connects to. */
export type Dependency = "source" | "store" | "kafka" | "jira" | "docker" | "executor";

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface World {
  readonly folder: string;
  readonly configFile: string;
  readonly dist: string;
  readonly source: TestPostgres;
  readonly sourceUrl: string;
  readonly store: TestPostgres;
  readonly storeUrl: string;
  /** Of the store; undefined where none can be mounted. */
  readonly disk: SmallDisk | undefined;
  readonly kafka: SandboxKafka | undefined;
  readonly jira: JiraSandbox;
  readonly person: Person;
  readonly conversation: Conversation;
  readonly approver: Approver;
  readonly docker: ContainerEngine;
  /** When nobody could reach the engine; grows. */
  readonly engineAway: Span[];
  readonly proxies: Readonly<Record<Dependency, ByteCuttingProxy>>;
  /** Those that faults happen to. A test of a group adds others. */
  readonly daemons: readonly [DaemonProcess, DaemonProcess, ...DaemonProcess[]];
  /** Undefined where the daemons hold the engine's socket themselves. */
  readonly executor: DaemonProcess | undefined;
  readonly feeder: Feeder;
}

export const models = Array.from({ length: 12 }, (_, place) => `model-${place}`);
/** Attempts that a model's fix is allowed: the first one's budget is soon used up, the others' never. */
export const maxRunsOf = (model: string): number => (model === models[0] ? 3 : 1000);
/** Whether the model's fix is in mode approve. */
export const asks = (model: string): boolean => models.indexOf(model) >= 6;
export const topic = "driftwarden";
export const partitions = 4;
/** A silent process is replaced after this: the session of a consumer, or the lease of a partition in the store. */
export const takeoverMs = ({ kafka }: Pick<World, "kafka">): number =>
  kafka === undefined ? 10_000 : 3000;

export const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision);
  CREATE INDEX ON explainability_metrics ("timestamp")`;

export async function buildWorld(options: WorldOptions, lifecycle: Lifecycle): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-chaos-"));
  // The databases run as another user, who must get through.
  await chmod(folder, 0o711);
  // What lives on it goes with it, once it has ended.
  const guard = startGuard('umount -l "$0/disk"; rm -rf -- "$0"', [folder]);
  lifecycle.onStop("guard", () => void guard?.kill("SIGKILL"));
  const source = await startTestPostgres();
  lifecycle.onStop("source", () => source.stop());
  const disk = await mountSmallDisk(join(folder, "disk"));
  lifecycle.onStop("disk", async () => disk?.unmount());
  const place = disk === undefined ? {} : { dataDir: join(disk.folder, "data") };
  const store = await startTestPostgres({ max_wal_size: "64MB" }, place);
  lifecycle.onStop("store", () => store.stop());
  const jira = await startJiraSandbox({ indexLagMs: 300, users });
  lifecycle.onStop("jira", () => jira.stop());
  const docker = await (options.docker === "engine"
    ? startRealEngine(models)
    : startDockerDouble(join(folder, "engine.sock"), models));
  lifecycle.onStop("docker", () => docker.stop());
  const kafka = { place: 0 as Place, running: undefined as SandboxKafka | undefined };
  const proxy = async (listen: Place, target: () => Place): Promise<ByteCuttingProxy> => {
    const started = await startByteCuttingProxy(listen, target);
    lifecycle.onStop("proxy", async () => started.stop());
    return started;
  };
  const proxies = {
    source: await proxy(0, () => source.server.port),
    store: await proxy(0, () => store.server.port),
    kafka: await proxy(0, () => kafka.place),
    jira: await proxy(0, () => Number(new URL(jira.url).port)),
    docker: await proxy(join(folder, "docker.sock"), () => docker.socket),
    executor: await proxy(join(folder, "to-executor.sock"), () => join(folder, "executor.sock")),
  };
  const executor = options.executor ? await executorOf(folder, { proxies, ...options }) : undefined;
  if (executor !== undefined) lifecycle.onStop("executor", () => executor.stop());
  if (options.stream === "kafka") {
    const running = await startBroker(Number(proxies.kafka.place));
    kafka.running = running;
    kafka.place = Number(running.brokers[0]?.split(":")[1]);
    lifecycle.onStop("kafka", () => running.stop());
  }
  const { readonlyUrl, url: sourceUrl } = await source.createSource("explainability", table);
  const { url: storeUrl } = await store.createDatabase("driftwarden");
  const feeder = await Feeder.start({
    url: sourceUrl,
    models,
    random: options.random,
    startedAt: (model) => docker.startedAt(model),
    lastsLong: asks,
  });
  lifecycle.onStop("feeder", () => feeder.stop());
  const configFile = join(folder, "driftwarden.yaml");
  const tokenFile = join(folder, "jira-token");
  await writeFile(tokenFile, `${botToken}\n`, { mode: 0o600 });
  const text = config({
    source: through(readonlyUrl, proxies.source),
    store: through(storeUrl, proxies.store),
    jira: through(jira.url, proxies.jira),
    docker: options.executor
      ? `executor: ${proxies.executor.place}`
      : `socket: ${proxies.docker.place}`,
    broker: kafka.running && `127.0.0.1:${proxies.kafka.place}`,
    tokenFile,
    ungrouped: options.ungrouped,
  });
  await writeFile(configFile, text, { mode: 0o600 });
  const daemon = (name: string): DaemonProcess => {
    const program = join(options.dist, "src/main.js");
    const made = new DaemonProcess({ name, program, configFile, folder });
    lifecycle.onStop(name, () => made.stop());
    return made;
  };
  const conversation = new Conversation(jira, seededBy(options.random));
  return {
    folder,
    configFile,
    dist: options.dist,
    source,
    sourceUrl,
    store,
    storeUrl,
    disk,
    kafka: kafka.running,
    jira,
    person: new Person(jira),
    conversation,
    approver: new Approver({ jira, conversation, models, random: seededBy(options.random) }),
    docker,
    engineAway: [],
    proxies,
    daemons: [daemon("a"), daemon("b")],
    executor,
    feeder,
  };
}

/** Its limits leave room for every restart of a run. */
async function executorOf(
  folder: string,
  { proxies, dist }: Pick<World, "dist"> & Pick<World, "proxies">,
): Promise<DaemonProcess> {
  const configFile = join(folder, "executor.yaml");
  const settings = {
    socket: join(folder, "executor.sock"),
    peer: process.geteuid?.(),
    state: join(folder, "executor"),
    docker: { socket: proxies.docker.place, deadline: "2s" },
    allow: models.map((model) => ({ label: `app=${model}` })),
    max_acts: "10000 per 1h",
    max_acts_per_container: "10000 per 1h",
  };
  await writeFile(configFile, JSON.stringify(settings), { mode: 0o600 });
  const program = join(dist, "src/main.js");
  return new DaemonProcess({ name: "executor", command: "executor", program, configFile, folder });
}

const seededBy = (random: Random): Random => seeded(random.between(0, 2 ** 31 - 1));

const botToken = "not-a-secret";
const users = [
  { name: "bot", token: botToken },
  { name: personName, token: "token" },
  { name: speakerName, token: "token" },
  { name: outsiderName, token: "token" },
];
/** As the sandbox names its accounts, from the second on. */
const people = `
  ${personName}: {jira: JIRAUSER10101}
  ${speakerName}: {jira: JIRAUSER10102}
  ${outsiderName}: {jira: JIRAUSER10103, roles: [communications]}`;

const through = (url: string, by: ByteCuttingProxy): string =>
  url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${by.place}`);

/** Clients are sent back to the proxy, whatever port they ask first. */
function startBroker(proxyPort: number): Promise<SandboxKafka> {
  return startKafka({
    settings: { "advertised.listeners": `PLAINTEXT://127.0.0.1:${proxyPort}` },
  });
}

interface Settings {
  readonly source: string;
  readonly store: string;
  readonly jira: string;
  readonly docker: string;
  readonly broker: string | undefined;
  readonly tokenFile: string;
  readonly ungrouped: boolean;
}

function config({ ungrouped, ...addresses }: Settings): string {
  const { source, store, jira, docker, broker, tokenFile } = addresses;
  const groups = ungrouped ? ", group_within: 0s" : "";
  const kafka =
    broker === undefined
      ? ""
      : `, kafka: {brokers: ["${broker}"], topic: ${topic}, session_timeout: 3s}`;
  const fixes = models.map(
    (model) =>
      `  - {name: restart-${model}, when: {model: ${model}, feature: cpu_usage}, do: restart-container, grace_seconds: 0, target: {label: app=${model}}, mode: ${asks(model) ? "approve" : "auto"}, approve_within: ${approveWithinMs / 1000}s, deny_for: 2s, cooldown: 1s, max_runs: ${maxRunsOf(model)} per 24h}`,
  );
  return `
store: {url: "${store}"}
sources:
  main:
    url: "${source}"
    columns: {model: model}
    poll_interval: 200ms
    assembly_window: 500ms
    connect_timeout: 2s
stream: {partitions: ${partitions}${kafka}}
detection: {checkpoint_interval: 1s}
jira: {url: "${jira}", user: bot, token_file: ${tokenFile}, deadline: 2s, look_up_for: 3s, reopen_transition: Reopen}
people: ${people}
incidents: {resolve_after: 6s, reopen_duration: 7d, closed_by_hand_for: 3s${groups}}
docker: {${docker}, deadline: 2s}
verify: {health_after: 1s, model_after: 1s, give_up_after: 20 cadences}
fixes:
${fixes.join("\n")}
http: {listen: "127.0.0.1:0"}
`;
}
