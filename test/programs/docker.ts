/** A real Docker engine for one test file: start it in `beforeAll`, stop it in `afterAll`. */
import { dockerAvailable } from "../../src/sandbox/docker-programs.ts";
import { type DockerEngine, startDockerEngine as startEngine } from "../../src/sandbox/dockerd.ts";
import { leaveOut } from "./ci.ts";

/**
 * Whether this machine can have one: root, with the programs there or apt to bring them. A laptop without says so in
 * one line and leaves these tests out; on CI that is an error.
 */
export async function dockerTestable(): Promise<boolean> {
  if (await dockerAvailable({ install: true })) return true;
  return leaveOut(
    "tests on a real Docker engine. They need root on Debian or Ubuntu: sudo npm test",
  );
}

/** Installs the engine's packages where they are missing, and says so on standard error. */
export function startTestDocker(): Promise<DockerEngine> {
  return startEngine({ install: true });
}
