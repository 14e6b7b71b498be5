/**
 * The built daemon on a real Postgres and a Jira sandbox, with the acts and observations of the tables of bad input.
 */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLifecycle, type Lifecycle } from "../../../src/app/lifecycle.ts";
import { systemClock } from "../../../src/clock.ts";
import type { SandboxIssue } from "../../../src/sandbox/jira/issue.ts";
import { startJiraSandbox } from "../../../src/sandbox/jira/server.ts";
import { type Daemon, startDaemon } from "../../programs/daemon.ts";
import { eventually } from "../../programs/eventually.ts";
import {
  sql,
  startTestPostgres,
  type TestDatabase,
  type TestPostgres,
} from "../../programs/postgres.ts";
import { type FedModel, Feed, modelsTable } from "./feed.ts";

/** Settings that a Jira administrator may change. The sandbox reads them with every request. */
export interface JiraSite {
  readonly users: { name: string; token: string }[];
  readonly projects: string[];
  readonly requireFields: string[];
}

export interface TestEnvironment {
  /** The present daemon; a restart replaces it. */
  daemon: Daemon;
  readonly configFile: string;
  readonly feed: Feed;
  readonly jiraSite: JiraSite;
  /** Path of the engine's socket in the configuration. At first there is no such socket. */
  readonly socket: string;
  readonly lifecycle: Lifecycle;
  readonly postgres: TestPostgres;
  readonly folder: string;
  readonly source: TestDatabase;
  readonly store: TestDatabase;
  tickets(model: FedModel): readonly SandboxIssue[];
}

/** The only account of the sandbox. */
export const jiraUser = { name: "bot", token: "not-a-secret" };

const columns = "columns: {model: model}, poll_interval: 200ms";
const fix = "do: restart-container, grace_seconds: 0, target: {label: app=my-service}, mode: auto";

function config(parts: {
  readonly source: string;
  readonly store: string;
  readonly jira: string;
  readonly tokenFile: string;
  readonly socket: string;
}): string {
  const table = (name: string): string => `{url: "${parts.source}", ${columns}, table: ${name}}`;
  return `
store: {url: "${parts.store}"}
sources:
  main: ${table("explainability_metrics")}
  forbidden: ${table("forbidden")}
  columnless: ${table("columnless")}
  absent: ${table("absent")}
stream: {partitions: 1}
detection: {max_models: 30}
jira: {url: "${parts.jira}", user: ${jiraUser.name}, token_file: ${parts.tokenFile}, project: IR}
incidents: {group_within: 0s} # each model is a case of its own here
docker: {socket: ${parts.socket}}
fixes:
  - {name: no-socket, when: {model: no-socket}, ${fix}}
  - {name: vanishes, when: {model: vanishes}, ${fix}}
http: {listen: "127.0.0.1:0"}
`;
}

const badTables = `
  CREATE TABLE forbidden (LIKE explainability_metrics);
  CREATE TABLE columnless ("timestamp" timestamptz, model text, importance double precision);
  GRANT SELECT ON columnless TO readonly`;

/** @param models that have two days of normal history before the daemon starts */
export async function startEnvironment(models: readonly FedModel[]): Promise<TestEnvironment> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const jiraSite = { users: [jiraUser], projects: ["IR"], requireFields: [] };
  const jira = await startJiraSandbox(jiraSite);
  lifecycle.onStop("jira", () => jira.stop());
  const source = await postgres.createSource("explainability", modelsTable);
  await sql(source.url, badTables);
  const store = await postgres.createDatabase("driftwarden");
  const feed = await Feed.open(source.url);
  lifecycle.onStop("feed", () => feed.close());
  await feed.history(models);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-bad-input-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, "jira-token");
  await writeFile(tokenFile, jiraUser.token, { mode: 0o600 });
  const configFile = join(folder, "driftwarden.yaml");
  const socket = join(folder, "docker.sock");
  const urls = { source: source.readonlyUrl, store: store.url, jira: jira.url };
  await writeFile(configFile, config({ ...urls, tokenFile, socket }));
  const daemon = await startDaemon(configFile);
  const tickets = ({ name }: FedModel): readonly SandboxIssue[] =>
    jira.issues().filter(({ summary }) => summary.includes(`] ${name}: `));
  const parts = { lifecycle, postgres, folder, source, store, configFile, socket };
  const environment: TestEnvironment = { ...parts, daemon, feed, jiraSite, tickets };
  lifecycle.onStop("daemon", () => environment.daemon.kill());
  return environment;
}

/** The value of one series on /metrics; 0 while there is none. */
export async function metric({ url }: Daemon, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

/** Options that take from root the right to open any file. */
const asAnyUser =
  process.getuid?.() === 0
    ? ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    : [];

/** Starts another daemon, which may not open the engine's socket. */
export async function withoutPermission(
  environment: TestEnvironment,
  { model, socket }: { readonly model: FedModel; readonly socket: string },
): Promise<{ readonly daemon: Daemon; readonly feed: Feed }> {
  const source = await environment.postgres.createSource("second", modelsTable);
  const feed = await Feed.open(source.url);
  environment.lifecycle.onStop("second feed", () => feed.close());
  await feed.history([model]);
  await chmod(socket, 0);
  const configFile = join(environment.folder, "second.yaml");
  await writeFile(
    configFile,
    `
store: {url: "${environment.store.url}", schema: second}
sources: {main: {url: "${source.readonlyUrl}", ${columns}}}
docker: {socket: ${socket}}
fixes: [{name: ${model.name}, when: {model: ${model.name}}, ${fix}}]
http: {listen: "127.0.0.1:0"}
`,
  );
  const daemon = await startDaemon(configFile, asAnyUser);
  environment.lifecycle.onStop("second daemon", () => daemon.kill());
  return { daemon, feed };
}

interface Told {
  readonly code: string;
  readonly hint: string;
}

/** Every error the daemon has logged so far. */
export function told({ said }: Daemon): readonly Told[] {
  // Node writes its own warnings as plain text.
  const logged = said.filter((line) => line.startsWith("{"));
  return logged.flatMap((line) => {
    const { err }: { readonly err?: Partial<Told> } = JSON.parse(line);
    return err?.code === undefined || err.hint === undefined
      ? []
      : [{ code: err.code, hint: err.hint }];
  });
}

/** Why a part is not ready; null when it is. */
export async function unready({ url }: Daemon, part: string): Promise<string | null> {
  const text = await (await fetch(`${url}/-/ready`)).text();
  const body: { readonly parts: Readonly<Record<string, { readonly reason: string | null }>> } =
    JSON.parse(text);
  const known = body.parts[part];
  return known === undefined ? `${part} has not started` : known.reason;
}

/** Waits until a part is ready. */
export async function untilReady(daemon: Daemon, part: string): Promise<void> {
  await eventually(async () => {
    const reason = await unready(daemon, part);
    if (reason !== null) throw new Error(`${part}: ${reason}`);
  });
}

/** Restarts the daemon, as an administrator does after a repair instead of waiting ten minutes. */
export async function restart(environment: TestEnvironment): Promise<void> {
  await environment.daemon.stop();
  environment.daemon = await startDaemon(environment.configFile);
}
