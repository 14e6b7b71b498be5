/**
 * FR-U1: the built daemon with every numeric setting at the least, and at the most, that `check` accepts. Its store and
 * its sources encrypt, with a certificate of a private authority.
 */
import { chownSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { extremes } from "../config/extremes.ts";
import { selfSigned } from "../programs/certificate.ts";
import { startDaemon } from "../programs/daemon.ts";
import { until } from "../programs/eventually.ts";
import { sql, startTestPostgres, type TestPostgres } from "../programs/postgres.ts";

const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 60_000 });
let postgres: TestPostgres;
let folder: string;
let jiraUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "driftwarden-extremes-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const isRoot = process.getuid?.() === 0;
  for (const [name, text] of Object.entries({ ...selfSigned, token: "t\n" })) {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    // Postgres takes a key of its own user only, who is nobody when we are root.
    if (isRoot && name !== "token") chownSync(path, 65_534, 65_534);
  }
  if (isRoot) chownSync(folder, 65_534, 65_534);
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  postgres = await startTestPostgres({ ssl: "on", ssl_key_file: key, ssl_cert_file: cert });
  lifecycle.onStop("postgres", () => postgres.stop());
  const jira = await startJiraSandbox();
  lifecycle.onStop("jira", () => jira.stop());
  jiraUrl = jira.url;
});
afterAll(() => lifecycle.stop());

/** Whoever waits so short a time for an answer has none. */
const deadlines = [
  "sources.main.connect_timeout",
  "sources.main.statement_timeout",
  "jira.deadline",
  "docker.deadline",
  "startup_timeout",
];
/** A source that is asked once in 24 days is the one called rare. And 1,024 partitions keep a small machine busy for minutes. */
const leftAtMost = ["sources.main.poll_interval", "stream.partitions"];
/** The last one averages rows over windows of up to 31 days, which no test waits for. */
const ofOthers = /^(stream\.kafka|alertmanager|people|http\.listen|sources\.main\.predictions)\b/;

const isNumeric = (value: unknown): boolean =>
  typeof value === "number" ||
  /^\d+(\.\d+)?( ?%|ms|s|m|h|d| cadences?| of \d+| per \d+\w+)$/.test(String(value));

/** Each numeric setting with its least and its most. */
const numeric = extremes()
  .map(({ path, accepted }) => ({ path, accepted: accepted.filter((value) => isNumeric(value)) }))
  .filter(({ path, accepted }) => accepted.length > 1 && !ofOthers.test(path));

interface Urls {
  readonly source: string;
  readonly store: string;
}

function configOf({ source, store }: Urls, which: "least" | "most"): object {
  const table = { url: source, columns: { model: "model" } };
  const config = {
    store: { url: store },
    sources: {
      main: { ...table, poll_interval: "200ms" },
      rare: { ...table, poll_interval: "24d" },
    },
    detection: { overrides: [{ feature: "another" }] },
    jira: { url: jiraUrl, user: "bot", token_file: join(folder, "token"), project: "IR" },
    docker: { socket: join(folder, "none.sock") },
    services: { main: { health: [{ http: "http://127.0.0.1:1/healthz" }] } },
    fixes: [{ name: "a", when: { model: "*" }, do: "restart-container", target: { label: "a=b" } }],
    http: { listen: "127.0.0.1:0" },
  };
  const left = which === "least" ? deadlines : leftAtMost;
  for (const { path, accepted } of numeric.filter((one) => !left.includes(one.path)))
    set(config, path.split("."), which === "least" ? accepted[0] : accepted.at(-1));
  return config;
}

function set(into: object, [key = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) return void Reflect.set(into, key, value);
  const inner: unknown = Reflect.get(into, key);
  const place = typeof inner === "object" && inner !== null ? inner : {};
  Reflect.set(into, key, place);
  set(place, rest, value);
}

const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision)`;

/** One feature of one model, which collapses in the end. */
const rows = `INSERT INTO explainability_metrics
  SELECT now() - (320 - at) * interval '250 milliseconds', 'm', 'f', (CASE WHEN at < 300 THEN 10 ELSE 0.5 END) + (at * 7 % 11) * 0.01
  FROM generate_series(1, 320) at`;

/** Of all connections to the databases but our own. */
const encrypted = (
  which: string,
): string => `SELECT count(DISTINCT datname)::int AS databases, bool_and(ssl) AS encrypted
  FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
  WHERE datname IN ('source_${which}', 'store_${which}') AND pid <> pg_backend_pid()`;

async function attributed(url: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  const name = 'driftwarden_detection_rows_total{source="main",outcome="attributed"} ';
  const line = text.split("\n").find((one) => one.startsWith(name));
  return Number(line?.slice(name.length) ?? 0);
}

describe("the built daemon over TLS, with every numeric setting that check accepts", () => {
  it("is about all of them", () => {
    const paths = numeric.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining([...deadlines, ...leftAtMost]));
    expect(paths.length).toBeGreaterThan(35);
  });

  it.each(["least", "most"] as const)(
    "at the %s, starts, attributes every row, opens an incident, and stops",
    async (which) => {
      const source = await postgres.createSource(`source_${which}`, table);
      const store = await postgres.createDatabase(`store_${which}`);
      const tls = `?sslmode=verify-full&sslrootcert=${join(folder, "cert")}`;
      const urls = { source: source.readonlyUrl + tls, store: store.url + tls };
      const file = join(folder, `${which}.yaml`);
      writeFileSync(file, JSON.stringify(configOf(urls, which)), { mode: 0o600 });
      const daemon = await startDaemon(file);
      lifecycle.onStop(`daemon ${which}`, () => daemon.kill());
      await until(async () => (await fetch(new URL("/-/ready", daemon.url))).ok);
      await sql(source.url, rows);
      await until(async () => (await attributed(daemon.url)) === 320);
      const count = "SELECT count(*)::int AS n FROM driftwarden.incidents";
      await until(async () => Number((await sql(store.url, count))[0]?.["n"]) > 0);
      const [connections] = await sql(source.url, encrypted(which));
      expect(connections).toEqual({ databases: 2, encrypted: true });
      expect(daemon.said.filter((line) => /"level":(50|60|"error"|"fatal")/.test(line))).toEqual(
        [],
      );
      expect(await daemon.stop()).toBe(0);
    },
  );
});
