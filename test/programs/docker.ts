/** A real Docker engine for one test file: start it in `beforeAll`, stop it in `afterAll`. */

import { dockerAvailable } from "../../src/sandbox/docker-programs.ts";
import { type DockerEngine, startDockerEngine as startEngine } from "../../src/sandbox/dockerd.ts";

/**
 * Whether this machine can have one: root, with the programs there or apt to bring them. A laptop without says so in
 * one line and leaves these tests out; with CI=true they run, and fail.
 */
export async function dockerTestable(): Promise<boolean> {
  if (process.env["CI"] === "true" || (await dockerAvailable({ install: true }))) return true;
  process.stderr.write(
    "left out: tests on a real Docker engine. They need root on Debian or Ubuntu: sudo npm test\n",
  );
  return false;
}

/** Installs the engine's packages where they are missing, and says so on standard error. */
export function startTestDocker(): Promise<DockerEngine> {
  return startEngine({ install: true });
}
