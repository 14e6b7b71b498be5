/**
 * Starts everything that the demo's story needs: a Postgres, a Jira double, an engine, and a Kafka if asked. Says what
 * is simulated.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "../../../remediations/docker/engine.ts";
import { Accounts } from "../jira/accounts.ts";
import { type JiraSandbox, startJiraSandbox } from "../jira/server.ts";
import { startKafka } from "../kafka.ts";
import { startPostgres } from "../postgres.ts";
import { chooseEngine, type RestartsSeen, type StoryEngineOptions } from "./engine.ts";
import { rolesOf } from "./people.ts";
import { sourceOf } from "./script.ts";
import { createDatabases, createStoryTable, type StoryTable } from "./table.ts";

export interface DemoEnvironmentOptions extends StoryEngineOptions {
  /** A real Kafka instead of the log in Postgres. */
  readonly kafka: boolean;
}

export interface DemoEnvironment {
  readonly table: StoryTable;
  readonly jira: JiraSandbox;
  /** The simulated engine; undefined when the configuration names a real one. */
  readonly engine: Engine | undefined;
  /** What the engine itself counted. */
  readonly restarts: RestartsSeen;
  /** Where the rows are written to, as the role that may only read them. */
  readonly sourceUrl: string;
  /** Who may log in at the Jira sandbox: Driftwarden itself first, then people. */
  readonly accounts: readonly Account[];
  /** The configuration Driftwarden is started with. */
  readonly config: string;
}

export interface Account {
  readonly name: string;
  readonly token: string;
}

const daemonAccount: Account = { name: "demo", token: "demo" };
const people = Object.keys(rolesOf).map((name): Account => ({ name, token: name }));
const accounts: readonly Account[] = [daemonAccount, ...people];
const tables = { main: "explainability_metrics", pricing: "pricing_explainability" } as const;
export async function startDemoEnvironment(
  options: DemoEnvironmentOptions,
): Promise<DemoEnvironment> {
  const { clock, onStop, say } = options;
  const postgres = await startPostgres({ settings: { fsync: "off" } });
  onStop("postgres", () => postgres.stop());
  say(
    `Postgres      real, from npm, on port ${postgres.port}; its rows carry the time of the story`,
  );
  const [source = "", store = ""] = await createDatabases(postgres.url, [
    "explainability",
    "driftwarden",
  ]);
  const tableOf = (model: string): string => tables[sourceOf(model)];
  const table = await createStoryTable(source, Object.values(tables), tableOf);
  onStop("table", () => table.close());
  const jira = await startJiraSandbox({ clock, users: accounts });
  onStop("jira", () => jira.stop());
  say(`Jira          SIMULATED, real HTTP: ${jira.url}`);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-demo-"));
  onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const engine = await chooseEngine({ ...options, folder });
  const brokers = await chooseStream(options);
  const token = join(folder, "jira-token");
  await writeFile(token, `${daemonAccount.token}\n`, { mode: 0o600 });
  const sourceUrl = source.replace("//app@", "//readonly@");
  return {
    table,
    jira,
    engine: engine.simulated,
    restarts: engine.restarts,
    sourceUrl,
    accounts,
    config: configOf({ store, sourceUrl, brokers, jira: jira.url, token, docker: engine.docker }),
  };
}

interface Addresses {
  readonly store: string;
  readonly sourceUrl: string;
  readonly brokers: readonly string[] | undefined;
  readonly jira: string;
  /** File with the daemon's token. */
  readonly token: string;
  /** The section `docker:`. */
  readonly docker: string;
}

function configOf({ store, sourceUrl, brokers, jira, token, docker }: Addresses): string {
  const stream = brokers === undefined ? "" : `, kafka: {brokers: ${JSON.stringify(brokers)}}`;
  const common = "environment: demo, columns: {model: model}, poll_interval: 50ms";
  return `
store: {url: "${store}"}
sources:
  main: {url: "${sourceUrl}", table: ${tables.main}, ${common}}
  pricing: {url: "${sourceUrl}", table: ${tables.pricing}, ${common}}
stream: {partitions: 2${stream}}
detection: {checkpoint_interval: 1h}
incidents: {resolve_after: 30m, closed_by_hand_for: 1h}
people: ${JSON.stringify(peopleSection())}
jira: {url: "${jira}", user: ${daemonAccount.name}, token_file: ${token}, reopen_transition: Reopen}
docker: ${docker}
fixes:
  - {name: restart-feature-store, when: {feature: credit_score}, do: restart-container, target: {label: app=feature-store}, mode: auto}
  - {name: restart-eta, when: {feature: traffic}, do: restart-container, target: {label: app=eta}, mode: approve, max_runs: 6 per 24h}
  - {name: restart-fraud-db, when: {feature: refund_flag}, do: restart-container, target: {label: app=fraud-db}, mode: auto}
  - {name: restart-fraud-gateway, when: {feature: refund_flag}, do: restart-container, target: {label: app=fraud-gateway}, mode: auto}
  - {name: restart-fraud-scorer, when: {feature: refund_flag}, do: restart-container, target: {label: app=fraud-scorer}, mode: auto, healthy_floor: 1}
http: {listen: "127.0.0.1:0"}
`;
}

/** The section `people:`, by the key of each account. */
function peopleSection(): Readonly<Record<string, object>> {
  const known = new Accounts(accounts);
  const entries = Object.entries(rolesOf).map(([name, roles]) => {
    const { key: jira } = known.named(name);
    return [name, roles === undefined ? { jira } : { jira, roles }] as const;
  });
  return Object.fromEntries(entries);
}

async function chooseStream({
  kafka,
  onStop,
  say,
}: DemoEnvironmentOptions): Promise<readonly string[] | undefined> {
  if (!kafka) {
    say("Stream        a log in Postgres; --kafka for a real Kafka");
    return undefined;
  }
  const broker = await startKafka();
  onStop("kafka", () => broker.stop());
  say(`Stream        real Kafka on ${broker.brokers.join()}`);
  return broker.brokers;
}
