/** The whole app for section `latency`: the built daemon, its store and its sources in a real Postgres, and Jira over HTTP. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JiraSandbox, startJiraSandbox } from "../src/sandbox/jira/server.ts";
import { type Daemon, startDaemon } from "../test/programs/daemon.ts";
import { sql, type TestPostgres } from "../test/programs/postgres.ts";

export interface WholeApp {
  readonly daemon: Daemon;
  readonly jira: JiraSandbox;
  readonly sourceUrl: string;
  readonly storeUrl: string;
  /** Statements that the server has executed since its start, in the databases of source and store. */
  statements(): Promise<Statements>;
  stop(): Promise<void>;
}

export interface Statements {
  readonly source: number;
  readonly store: number;
}

export interface AppPlan {
  readonly postgres: TestPostgres;
  /** Name of the databases. */
  readonly name: string;
  /** Tables of the source's database; each is a source. */
  readonly tables: readonly string[];
  /** The settings of each source after its table, in one line. */
  readonly sourceSettings: string;
  /** SQL that fills the tables before the daemon starts. */
  readonly history: string;
  /** Called when the tables are filled, before the daemon starts. */
  readonly filled?: (sourceUrl: string) => void;
}

/** The settings with which the server has to be started. */
export const countingStatements = { shared_preload_libraries: "pg_stat_statements" };

const tableOf = (name: string): string => `CREATE TABLE ${name} (
  "timestamp" timestamptz, model text, feature_name text, importance double precision);
  CREATE INDEX ON ${name} ("timestamp");`;

export async function startWholeApp(plan: AppPlan): Promise<WholeApp> {
  const { postgres, name, tables, history } = plan;
  const databases = { source: `source_${name}`, store: `store_${name}` };
  const source = await postgres.createDatabase(databases.source);
  await sql(
    source.url,
    `${tables.map(tableOf).join("\n")} GRANT SELECT ON ALL TABLES IN SCHEMA public TO readonly`,
  );
  const store = await postgres.createDatabase(databases.store);
  await sql(source.url, history);
  plan.filled?.(source.url);
  await sql(postgres.server.url, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  const jira = await startJiraSandbox();
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-bench-"));
  const configFile = join(folder, "driftwarden.yaml");
  const tokenFile = join(folder, "jira-token");
  await writeFile(tokenFile, "not-a-secret\n", { mode: 0o600 });
  const urls = { source: source.readonlyUrl, store: store.url, jira: jira.url };
  await writeFile(configFile, config(plan, { ...urls, tokenFile }), { mode: 0o600 });
  const daemon = await startDaemon(configFile);
  return {
    daemon,
    jira,
    sourceUrl: source.url,
    storeUrl: store.url,
    statements: () => statementsOf(postgres.server.url, databases),
    stop: async () => {
      await daemon.stop();
      await jira.stop();
      await rm(folder, { recursive: true });
    },
  };
}

const config = (
  { tables, sourceSettings }: AppPlan,
  parts: Readonly<Record<"source" | "store" | "jira" | "tokenFile", string>>,
): string => `
store: {url: "${parts.store}"}
sources:
${tables.map((table) => `  ${table}: {url: "${parts.source}", table: ${table}, columns: {model: model}${sourceSettings}}`).join("\n")}
jira: {url: "${parts.jira}", user: bot, token_file: ${parts.tokenFile}, project: IR, issue_type: Bug}
incidents: {max_new_tickets: 1000 per 1h}
http: {listen: "127.0.0.1:0"}
`;

async function statementsOf(
  url: string,
  { source, store }: Readonly<Record<keyof Statements, string>>,
): Promise<Statements> {
  const rows = await sql(
    url,
    `SELECT datname, sum(calls)::float8 AS calls FROM pg_stat_statements
     JOIN pg_database d ON d.oid = dbid JOIN pg_roles r ON r.oid = userid
     WHERE datname IN ('${source}', '${store}') AND (datname <> '${source}' OR rolname = 'readonly')
     GROUP BY datname`,
  );
  const calls = (name: string): number =>
    Number(rows.find(({ datname }) => datname === name)?.["calls"] ?? 0);
  return { source: calls(source), store: calls(store) };
}
