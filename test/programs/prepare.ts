/** Does once, before the first test file, what all of them need: two files at once would do it side by side. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { dockerAvailable, dockerPrograms } from "../../src/sandbox/docker-programs.ts";
import { fetchKafka, kafkaAvailable } from "../../src/sandbox/kafka.ts";
import { alertmanagerTestable, fetchAlertmanager } from "./alertmanager.ts";
import { debianTestable, fetchDebian } from "./debian.ts";

const install = { install: true } as const;

/** Builds the program that tests run as its users do, and fetches what Kafka, the Docker engine, the Alertmanager and a booted Debian need. */
export async function setup(): Promise<void> {
  await promisify(execFile)("npm", ["run", "--silent", "build"]);
  if (await kafkaAvailable()) await fetched(fetchKafka);
  if (await dockerAvailable(install)) await fetched(() => dockerPrograms(install));
  if (await alertmanagerTestable()) await fetched(fetchAlertmanager);
  if (await debianTestable()) await fetched(fetchDebian);
}

/** Tests that need what cannot be fetched fail with its error; the others can run. */
async function fetched(fetching: () => Promise<unknown>): Promise<void> {
  await fetching().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`));
}
