/** What a real engine answers to the verbs that read a container: logs, usage and events. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";

const script =
  "echo one; echo two >&2; printf '{\"a\":1}\\n'; head -c 40000 /dev/zero | tr '\\0' x; echo; printf '\\033[31mred\\033[0m\\n'; sleep 3600";
const long = "x".repeat(40_000);

let real: DockerEngine;
let engine: Engine;

const run = (name: string, create: object = {}) =>
  real.run({ name, cmd: ["sh", "-c", script], create: { ...create } });
const textsOf = async (id: string) =>
  (await engine.logs(id, { lines: 200 })).lines.map(({ text }) => text);

describe.skipIf(!(await dockerTestable()))("#18: a real engine", () => {
  beforeAll(async () => {
    real = await startTestDocker();
    engine = openDocker({ socket: real.socket });
  });

  afterAll(() => real.stop());

  it("gives the lines of both streams, whole and clean, with and without a terminal", async () => {
    const wanted = ["one", "two", '{"a":1}', long, "red"].toSorted();
    const plain = await run("plain");
    const terminal = await run("terminal", { Tty: true });
    await eventually(async () => expect((await textsOf(plain)).toSorted()).toEqual(wanted));
    await eventually(async () => expect((await textsOf(terminal)).at(-1)).toBe("red"));
    expect(await textsOf(terminal)).toContain('{"a":1}');
    const { lines } = await engine.logs(plain, { lines: 200 });
    expect(lines.find(({ text }) => text === "two")?.stream).toBe("stderr");
    expect(lines.every(({ at }) => Date.parse(at ?? "") > 0)).toBe(true);
    expect(await engine.logs(plain, { lines: 200, sinceMs: Date.now() + 60_000 })).toEqual({
      lines: [],
      cut: false,
    });
  });

  it("says what is used, with a limit, without one, and nothing once it is stopped", async () => {
    const limitBytes = 64 * 1024 * 1024;
    const limited = await run("limited", { HostConfig: { Memory: limitBytes } });
    const free = await run("free");
    const used = await engine.usage(limited);
    expect(used).toMatchObject({ memoryLimitBytes: limitBytes, cpuPercent: expect.any(Number) });
    expect(used?.memoryBytes).toBeGreaterThan(0);
    expect(used?.memoryPercent).toBeCloseTo(((used?.memoryBytes ?? 0) / limitBytes) * 100);
    expect(await engine.usage(free)).not.toHaveProperty("memoryLimitBytes");
    await real.api(`POST /containers/${free}/kill`);
    await eventually(async () => expect(await engine.usage(free)).toBeUndefined());
  });

  it("remembers what happened to one container, and ends its answer", async () => {
    const sinceMs = Date.now() - 1_000;
    const id = await run("eventful");
    await engine.restart(id, { graceSeconds: 0 });
    await real.api(`POST /containers/${id}/kill`);
    await eventually(async () => {
      const events = await engine.events(id, sinceMs);
      const actions = events.map(({ action }) => action);
      expect(actions.filter((action) => action === "restart")).toHaveLength(1);
      expect(events.at(-1)).toMatchObject({ action: "die", exitCode: 137 });
      expect(events.every(({ atMs }) => atMs >= sinceMs)).toBe(true);
    });
    expect(await engine.events("e".repeat(64), sinceMs)).toEqual([]);
  });
});
