/** The built daemon on a Postgres of its own, whose stream is on brokers that want a proof of identity. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Daemon, startDaemon } from "./daemon.ts";
import { authority } from "./kafka-certificates.ts";
import { sql, startTestPostgres } from "./postgres.ts";
import { password } from "./secured-kafka.ts";

interface SecuredDaemon {
  readonly daemon: Daemon;
  /** Commits so many attributions of two features each. */
  write(attributions: number): Promise<unknown>;
  stop(): Promise<void>;
}

/** @param broker a listener with SASL in TLS; the daemon gets the CA, the user and the password as files */
export async function startSecuredDaemon(broker: string, topic: string): Promise<SecuredDaemon> {
  const postgres = await startTestPostgres();
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-secured-"));
  const ca = join(folder, "ca.pem");
  const secret = join(folder, "password");
  const config = join(folder, "driftwarden.yaml");
  await writeFile(ca, authority);
  await writeFile(secret, password, { mode: 0o600 });
  await writeFile(
    config,
    `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms}}
stream:
  partitions: 1
  kafka:
    brokers: ["${broker}"]
    topic: ${topic}
    group: watchers
    ssl: {ca_file: ${ca}}
    sasl: {username: driftwarden, password_file: ${secret}}
http: {listen: "127.0.0.1:0"}
`,
    { mode: 0o600 },
  );
  const stopAll = async (): Promise<void> => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const daemon = await startDaemon(config).catch(async (error: unknown) => {
    await stopAll();
    throw error;
  });
  return {
    daemon,
    write: (attributions) =>
      sql(
        source.url,
        `INSERT INTO explainability_metrics SELECT now() - interval '1 h' + i / 2 * interval '10 s', 'f' || i % 2, 1 + i % 2
         FROM generate_series(0, ${2 * attributions - 1}) i`,
      ),
    stop: async () => {
      await daemon.stop();
      await stopAll();
    },
  };
}
