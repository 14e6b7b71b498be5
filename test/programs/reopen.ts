/** `node --import tsx test/programs/reopen.ts FOLDER`: starts the Postgres or Kafka of a folder that a test kept. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startKafka } from "../../src/sandbox/kafka.ts";
import { startPostgres } from "../../src/sandbox/postgres.ts";

const [, , dataDir = ""] = process.argv;

/** @returns where it listens */
async function reopened(): Promise<string> {
  if (existsSync(join(dataDir, "PG_VERSION"))) return (await startPostgres({ dataDir })).url;
  if (existsSync(join(dataDir, "server.properties"))) {
    return (await startKafka({ dataDir })).brokers.join(",");
  }
  throw new Error(`${dataDir} is no folder of a Postgres or a Kafka`);
}

process.stdout.write(`${await reopened()}\nCtrl-C ends it; the folder stays.\n`);
// The server ends with this process.
setInterval(() => undefined, 60_000);
