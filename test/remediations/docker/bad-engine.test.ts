import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../../remediations/docker/engine.ts";
import { restartContainer } from "../../../remediations/restart-container.ts";
import { systemClock } from "../../../src/clock.ts";
import { eventually } from "../../programs/eventually.ts";
import { type FakeEngine, fakeId, inspection, json, startFakeEngine } from "./fake-engine.ts";

let fake: FakeEngine;
let engine: Engine;
const calls: string[] = [];

const deadlineMs = 400;

/** Deadlines pass when a test says so: a busy machine brings none nearer. */
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  calls.length = 0;
  fake = await startFakeEngine();
  engine = openDocker({
    socket: fake.socket,
    deadlineMs,
    restartMarginMs: deadlineMs,
    onCall: (verb, outcome) => calls.push(`${verb} ${outcome}`),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await fake.close();
});

const hang = (): void => undefined;

/** Answers so, and resolves when the question has come. */
function answered(part: string, answer: Parameters<FakeEngine["on"]>[1]): Promise<void> {
  return new Promise((resolve) => {
    fake.on(part, (request, response) => {
      answer(request, response);
      resolve();
    });
  });
}

describe("an engine that answers badly", () => {
  it.each([
    ["hangs", hang, "DW_DOCKER_TIMEOUT"],
    [
      "falls silent in the middle of its answer",
      (_request, response) => void response.writeHead(200, { "content-length": "100" }).write("{"),
      "DW_DOCKER_TIMEOUT",
    ],
    [
      "dies in the middle of its answer",
      (request, response) => {
        response.writeHead(200, { "content-length": "100" }).write("{");
        setImmediate(() => request.socket.destroy());
      },
      "DW_DOCKER_UNREACHABLE",
    ],
    [
      "closes without an answer",
      (request) => void request.socket.destroy(),
      "DW_DOCKER_UNREACHABLE",
    ],
    ["sends no JSON", (_request, response) => void response.end("{broken"), "DW_DOCKER_PROTOCOL"],
    ["sends other JSON", json({ Id: 7 }), "DW_DOCKER_PROTOCOL"],
    [
      "does not speak HTTP",
      (request) => void request.socket.end("SSH-2.0-x\r\n\r\n"),
      "DW_DOCKER_PROTOCOL",
    ],
    [
      "sends us elsewhere",
      (_request, response) =>
        void response.writeHead(301, { location: "http://evil.invalid/" }).end(),
      "DW_DOCKER_PROTOCOL",
    ],
    [
      "sends us to no protocol at all",
      (_request, response) => void response.writeHead(301, { location: "foo:bar" }).end(),
      "DW_DOCKER_PROTOCOL",
    ],
    ["has no such path", json({ message: "page not found" }, 404), "DW_DOCKER_PROTOCOL"],
    [
      "refuses the version",
      json({ message: "client version is too new" }, 400),
      "DW_DOCKER_PROTOCOL",
    ],
    ["forbids it", json({ message: "forbidden" }, 403), "DW_DOCKER_FORBIDDEN"],
    ["has a conflict", json({ message: "is paused" }, 409), "DW_DOCKER_CONFLICT"],
    ["fails", json({ message: "boom" }, 500), "DW_DOCKER_FAILED"],
  ] as [string, Parameters<FakeEngine["on"]>[1], string][])(
    "%s: a typed error within the deadline, and no connection left",
    async (_what, answer, code) => {
      const asked = answered(`/${fakeId}/json`, answer);
      const inspected = engine.inspect(fakeId).catch((error: unknown) => error);
      await asked;
      if (code === "DW_DOCKER_TIMEOUT") vi.advanceTimersByTime(deadlineMs);
      expect(await inspected).toMatchObject({ code, maybeApplied: false });
      expect(calls).toEqual(["version ok", `inspect ${code}`]);
      await eventually(async () => expect(await fake.connections()).toBe(0));
    },
  );
});

describe("whether a restart may have taken effect", () => {
  it.each([
    ["hangs", hang, { code: "DW_DOCKER_TIMEOUT", maybeApplied: true }],
    [
      "closes without an answer",
      (request) => void request.socket.destroy(),
      { code: "DW_DOCKER_UNREACHABLE", maybeApplied: true },
    ],
    ["fails", json({ message: "boom" }, 500), { code: "DW_DOCKER_FAILED", maybeApplied: true }],
    [
      "has no such container",
      json({ message: "no such container" }, 404),
      { code: "DW_DOCKER_GONE", maybeApplied: false },
    ],
    ["forbids it", json({}, 403), { code: "DW_DOCKER_FORBIDDEN", maybeApplied: false }],
    [
      "sends us elsewhere",
      (_request, response) =>
        void response.writeHead(301, { location: "http://evil.invalid/" }).end(),
      { code: "DW_DOCKER_PROTOCOL", maybeApplied: false },
    ],
  ] as [string, Parameters<FakeEngine["on"]>[1], object][])(
    "the engine %s",
    async (_what, answer, error) => {
      const asked = answered("/restart", answer);
      const restarted = engine
        .restart(fakeId, { graceSeconds: 0 })
        .catch((caught: unknown) => caught);
      await asked;
      if (answer === hang) vi.advanceTimersByTime(deadlineMs);
      expect(await restarted).toMatchObject(error);
    },
  );

  it("is not sent when it is no longer ours by the time the connection stands", async () => {
    const config = restartContainer.config.parse({ target: { label: "app=my-service" } });
    const remediation = restartContainer.create(config, { docker: engine, clock: systemClock });
    const [target] = await remediation.resolve();
    if (target === undefined) throw new Error("the fake engine has one container");
    const takenOver = async (): Promise<never> => {
      while ((await fake.connections()) === 0);
      throw new Error("taken over");
    };
    await expect(remediation.act(target, takenOver)).rejects.toThrow("taken over");
    expect(fake.requests.filter((request) => request.startsWith("POST"))).toEqual([]);
  });

  it("is looked up in started-at: an answer lost after the effect is done, and sent once", async () => {
    const clock = systemClock;
    const config = restartContainer.config.parse({
      target: { label: "app=my-service" },
      grace_seconds: 0,
    });
    const remediation = restartContainer.create(config, { docker: engine, clock });
    const [target] = await remediation.resolve();
    if (target === undefined) throw new Error("the fake engine has one container");
    fake.on("/restart", (request) => {
      const State = { Status: "running", StartedAt: "2026-03-01T12:05:00Z" };
      fake.on(`/${fakeId}/json`, json(inspection({ State })));
      request.socket.destroy();
    });
    expect(await remediation.act(target)).toMatchObject({ status: "done" });
    expect(fake.requests.filter((request) => request.startsWith("POST"))).toHaveLength(1);
  });
});
