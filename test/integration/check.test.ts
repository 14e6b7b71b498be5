import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { CheckFinding } from "../../src/finding.ts";
import { type SourceSurvey, surveySource } from "../../src/source/survey.ts";
import { storeMetrics } from "../../src/store/metrics.ts";
import { openStore } from "../../src/store/store.ts";
import { surveyStore } from "../../src/store/survey.ts";
import { selfSigned } from "../programs/certificate.ts";
import {
  sql,
  startTestPostgres,
  type TestDatabase,
  type TestPostgres,
} from "../programs/postgres.ts";
import { sourceOptions } from "../programs/source.ts";

let folder = "";
let postgres: TestPostgres;
let store: TestDatabase;
let source: TestDatabase;

/** `secret` needs a password, `tls` an encrypted connection. */
const rules = `host all secret 127.0.0.1/32 scram-sha-256
hostssl all tls 127.0.0.1/32 trust
host all tls 127.0.0.1/32 reject
host all all 127.0.0.1/32 trust
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dw-check-"));
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  for (const name of ["key", "cert"] as const) {
    writeFileSync(files[name], selfSigned[name], { mode: 0o600 });
  }
  // Postgres takes a key of its own user only, who is nobody when we are root.
  for (const path of [folder, files.key, files.cert]) {
    if (process.getuid?.() === 0) chownSync(path, 65_534, 65_534);
  }
  postgres = await startTestPostgres({
    ssl: "on",
    ssl_key_file: files.key,
    ssl_cert_file: files.cert,
  });
  writeFileSync(join(postgres.server.dataDir, "pg_hba.conf"), rules);
  await sql(
    postgres.server.url,
    `CREATE ROLE secret LOGIN PASSWORD 'right'; CREATE ROLE tls LOGIN; CREATE ROLE guest LOGIN;
     CREATE ROLE reader LOGIN; ALTER ROLE reader SET default_transaction_read_only = on;
     SELECT pg_reload_conf()`,
  );
  store = await postgres.createDatabase("store");
  source = await postgres.createSource("source");
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

const as = (login: string, database = "store", query = ""): string =>
  `postgres://${login}@127.0.0.1:${postgres.server.port}/${database}${query}`;

/** A server that answers the first bytes of a client with these. */
async function answering(bytes: Buffer): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("data", () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    sockets.forEach((socket) => void socket.destroy());
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

/** What PgBouncer says of settings at the start of a connection. */
function poolerRefusal(): Buffer {
  const fields = ["SFATAL", "C08P01", "Munsupported startup parameter: options"];
  const body = Buffer.from(`${fields.join("\0")}\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const addresses: readonly (readonly [
  what: string,
  code: string,
  address: () => string | Promise<string>,
])[] = [
  ["a closed port", "UNREACHABLE", () => "postgres://app@127.0.0.1:1/store"],
  ["an unknown host", "UNREACHABLE", () => "postgres://app@no-such-host.invalid/store"],
  ["no password", "PASSWORD_MISSING", () => as("secret")],
  ["a wrong password", "LOGIN_REFUSED", () => as("secret:wrong")],
  ["an unknown role", "LOGIN_REFUSED", () => as("nobody")],
  ["an unknown database", "DATABASE_MISSING", () => as("app", "nowhere")],
  ["a certificate that nobody trusts", "CERTIFICATE", () => as("app", "store", "?sslmode=require")],
  ["a role that must encrypt", "TLS_NEEDED", () => as("tls")],
  [
    "a server that does not encrypt",
    "TLS_MISSING",
    async () => `postgres://app@${await answering(Buffer.from("N"))}/d?sslmode=verify-full`,
  ],
  [
    "a pooler that refuses options",
    "POOLER",
    async () => `postgres://app@${await answering(poolerRefusal())}/d`,
  ],
];

const wrongOf = (found: readonly CheckFinding[]): readonly CheckFinding[] =>
  found.filter(({ ok }) => !ok);

describe.sequential("a wrong database is told with its own cause (FR-T6, FR-C1)", () => {
  it.each(addresses)("as the store: %s", async (_what, code, address) => {
    const found = await surveyStore({ url: await address(), schema: "driftwarden" });
    expect(found).toMatchObject([{ ok: false, code: `DW_STORE_${code}`, key: "store" }]);
    expect(found[0]?.hint).not.toContain("defect");
  });

  it.each(addresses)("as a source: %s", async (_what, code, address) => {
    const { findings } = await look({ connection: connectionTo(await address()) });
    expect(findings).toMatchObject([{ ok: false, code: `DW_SOURCE_${code}`, key: "sources.main" }]);
  });

  it.each([
    ["a role that may not make the schema", "REFUSED", "guest", "CREATE SCHEMA"],
    ["a role that may only read", "READ_ONLY", "reader", "primary server"],
  ])("as the store: %s", async (_what, code, ...[login, hint]) => {
    const found = await surveyStore({ url: as(login), schema: "driftwarden" });
    expect(found).toMatchObject([
      { ok: false, code: `DW_STORE_${code}`, hint: expect.stringContaining(hint) },
    ]);
  });

  it("as the store: a schema, a table and a number of partitions that do not fit", async () => {
    const schema = "taken";
    const opened = await openStore({
      url: store.url,
      schema,
      logger: pino({ level: "silent" }),
      metrics: storeMetrics(new Registry()),
      startupTimeoutMs: 240_000,
    });
    await opened.close();
    await sql(
      store.url,
      `INSERT INTO taken.logs (name, id, partitions) VALUES ('driftwarden', 'x', 8)`,
    );
    const log = { name: "driftwarden", partitions: 4 };
    expect(wrongOf(await surveyStore({ url: store.url, schema, log }))).toMatchObject([
      { code: "DW_STREAM_PARTITIONS", hint: expect.stringContaining("8") },
    ]);
    expect(await surveyStore({ url: as("guest"), schema })).toMatchObject([
      { code: "DW_STORE_REFUSED", hint: expect.stringContaining("GRANT USAGE, CREATE") },
    ]);
    await sql(store.url, "GRANT USAGE, CREATE ON SCHEMA taken TO guest");
    expect(await surveyStore({ url: as("guest"), schema })).toMatchObject([
      { code: "DW_STORE_REFUSED", hint: expect.stringContaining("ON ALL TABLES") },
    ]);
    await sql(store.url, "UPDATE taken.meta SET version = 999, min_version = 999");
    expect(await surveyStore({ url: store.url, schema })).toMatchObject([
      { code: "DW_STORE_TOO_NEW" },
    ]);
  });
});

describe("a database that fits", () => {
  it("is told with its version and rights, and nothing is made in it", async () => {
    const found = await surveyStore({ url: store.url, schema: "not_yet" });
    expect(found).toMatchObject([
      {
        ok: true,
        message: expect.stringMatching(/store, Postgres \d+\.\d+, schema not_yet is made/),
      },
    ]);
    expect(await sql(store.url, "SELECT 1 FROM pg_namespace WHERE nspname = 'not_yet'")).toEqual(
      [],
    );
  });
});

const connectionTo = (
  url: string,
): { url: string; connectTimeoutMs: number; statementTimeoutMs: number } => ({
  url,
  connectTimeoutMs: 5000,
  statementTimeoutMs: 5000,
});

const look = (over: object): Promise<SourceSurvey> =>
  surveySource(sourceOptions(source.readonlyUrl, over));
