/** The adapter at a socket that answers with drawn bytes: what comes is read, or refused in the adapter's own words. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../../remediations/docker/engine.ts";
import { DockerError } from "../../../remediations/docker/errors.ts";
import { fuzz, HostileByteServer, hostileAnswers } from "../../fakes/hostile-answers.ts";
import { fakeId, inspection } from "./fake-engine.ts";

const keys =
  "Version ApiVersion MinAPIVersion Id Name Names Labels State Image Status StartedAt Health Config Env HostConfig AutoRemove Mounts Path Args ExposedPorts RepoTags NetworkMode message Cmd Entrypoint Tty Memory memory_stats usage stats limit cpu_stats precpu_stats cpu_usage total_usage system_cpu_usage online_cpus pids_stats current Action Actor Attributes time timeNano".split(
    " ",
  );
const whole = [
  { Version: "20.10", ApiVersion: "1.41", MinAPIVersion: "1.12" },
  [{ Id: fakeId, Names: ["/svc-1"], Labels: { app: "my-service" } }],
  inspection(),
  { message: "no such container" },
  { memory_stats: { usage: 2, stats: { inactive_file: 1 } }, pids_stats: { current: 1 } },
  { Action: "die", time: 1, timeNano: 1e9, Actor: { ID: fakeId, Attributes: { exitCode: "1" } } },
];

const version = JSON.stringify(whole[0]);
const wellAnswer = {
  bytes: Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${version.length}\r\n\r\n${version}`),
  after: "end",
} as const;

const folder = mkdtempSync(join(tmpdir(), "driftwarden-hostile-engine-"));
const socket = join(folder, "docker.sock");
/** Deadlines pass when a connection is left in silence: a busy machine brings none nearer. */
const deadlineMs = 1000;
const server = new HostileByteServer(() => void vi.advanceTimersByTime(deadlineMs));
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await server.listen({ path: socket });
});
afterAll(async () => {
  vi.useRealTimers();
  await server.close();
  rmSync(folder, { recursive: true });
});

const calls: readonly ((engine: Engine) => Promise<unknown>)[] = [
  (engine) => engine.version(),
  (engine) => engine.list(["app=my-service"]),
  (engine) => engine.inspect(fakeId),
  (engine) => engine.dependants(fakeId),
  (engine) => engine.logs(fakeId, { lines: 200 }),
  (engine) => engine.usage(fakeId),
  (engine) => engine.events(fakeId, 0),
  (engine) => engine.restart(fakeId, { graceSeconds: 0 }),
  (engine) => engine.start(fakeId),
];

/** An engine that was well when it said its version, and drawn answers since. @returns what each call came to */
async function attack(seed: number): Promise<readonly unknown[]> {
  const engine = openDocker({ socket, deadlineMs, restartMarginMs: deadlineMs });
  server.answers = [wellAnswer];
  await engine.version();
  server.answers = fc.sample(hostileAnswers(keys, whole), { seed, numRuns: 3 * calls.length });
  return await Promise.all(
    calls.map((call) =>
      call(engine).then(
        () => "read",
        (error: unknown) => error,
      ),
    ),
  );
}

describe("the Docker adapter at a socket that answers with drawn bytes", () => {
  it(
    "reads what comes or names its error, whatever comes, and takes no endless answer",
    async () => {
      const errors: unknown[] = [];
      let read = 0;
      for (let round = 0; round < 40 * fuzz.effort; round += 1)
        for (const result of await attack(fuzz.seed + round))
          if (result === "read") read += 1;
          else errors.push(result);
      const unclassified = errors.filter((error) => !(error instanceof DockerError));
      expect(unclassified).toEqual([]);
      expect(read).toBeGreaterThan(0);
      expect(errors.length).toBeGreaterThan(read);
      expect(server.longest).toBeLessThan(100_000_000);
    },
    300_000 * fuzz.effort,
  );
});
