import { chmodSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../../remediations/docker/engine.ts";
import { restartContainer } from "../../../remediations/restart-container.ts";
import { systemClock } from "../../../src/clock.ts";
import { type FakeEngine, fakeId, inspection, json, startFakeEngine } from "./fake-engine.ts";

let fake: FakeEngine;
let engine: Engine;
const calls: string[] = [];

beforeEach(async () => {
  calls.length = 0;
  fake = await startFakeEngine();
  engine = openDocker({
    socket: fake.socket,
    deadlineMs: 150,
    restartMarginMs: 150,
    onCall: (verb, outcome) => calls.push(`${verb} ${outcome}`),
  });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

describe("what is sent", () => {
  it("asks for the version once, and then speaks it", async () => {
    await engine.list(["app=my-service"]);
    await engine.inspect(fakeId);
    expect(fake.requests).toEqual([
      "GET /version",
      'GET /v1.41/containers/json?all=true&filters={"label":["app=my-service"]}',
      `GET /v1.41/containers/${fakeId}/json`,
    ]);
  });

  it.each([
    [{ ApiVersion: "1.60", MinAPIVersion: "1.24" }, "v1.45"],
    [{ ApiVersion: "1.60", MinAPIVersion: "1.50" }, "v1.50"],
    [{ ApiVersion: "1.38" }, "v1.38"],
  ])("picks the version of %o", async (versions, api) => {
    fake.on("/version", json({ Version: "x", ...versions }));
    expect(await engine.version()).toEqual({ engine: "x", api });
  });

  it("asks for the version again once the engine was away", async () => {
    await engine.inspect(fakeId);
    fake.on(`/${fakeId}/json`, (request) => void request.socket.destroy());
    await expect(engine.inspect(fakeId)).rejects.toMatchObject({ code: "DW_DOCKER_UNREACHABLE" });
    fake.on(`/${fakeId}/json`, json(inspection()));
    await engine.inspect(fakeId);
    expect(fake.requests.filter((request) => request === "GET /version")).toHaveLength(2);
  });

  it("goes to its socket whatever DOCKER_HOST says", async () => {
    vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:1");
    expect(await engine.inspect(fakeId)).toMatchObject({ name: "svc-1" });
  });

  it("sends the grace of a restart, and nothing else", async () => {
    fake.on("/restart", (_request, response) => void response.writeHead(204).end());
    await engine.restart(fakeId, { graceSeconds: 7 });
    expect(fake.requests.at(-1)).toBe(`POST /v1.41/containers/${fakeId}/restart?t=7`);
  });

  it("takes a start of what runs already for done", async () => {
    fake.on("/start", (_request, response) => void response.writeHead(304).end());
    await expect(engine.start(fakeId)).resolves.toBeUndefined();
  });
});

describe("ids", () => {
  const evil = fc.oneof(
    fc.constantFrom(
      "",
      "svc-1",
      "../x",
      `${fakeId}/kill?signal=KILL&x=`,
      "prune?x=",
      "C".repeat(64),
      `${fakeId}\n`,
      fakeId.slice(1),
    ),
    fc.string(),
  );

  test.prop([evil])("sends nothing for what is not a full id", async (id) => {
    const sent = fake.requests.filter((request) => request !== "GET /version").length;
    for (const call of [
      () => engine.inspect(id),
      () => engine.restart(id, { graceSeconds: 0 }),
      () => engine.start(id),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "DW_DOCKER_REFUSED",
        maybeApplied: false,
      });
    }
    expect(fake.requests.filter((request) => request !== "GET /version")).toHaveLength(sent);
  });

  it("does not take an id from an engine that is none", async () => {
    fake.on("/containers/json", json([{ Id: `${fakeId}/kill?x=`, Labels: { app: "my-service" } }]));
    await expect(engine.list(["app=my-service"])).rejects.toMatchObject({
      code: "DW_DOCKER_PROTOCOL",
    });
  });
});

describe("selection", () => {
  it.each([[[]], [[""]], [["app=my-service", ""]]])("asks nothing for %o", async (labels) => {
    expect(await engine.list(labels)).toEqual([]);
    expect(fake.requests).toEqual([]);
  });

  it("drops what does not carry the label when the filter is ignored", async () => {
    expect(await engine.list(["app=other"])).toEqual([]);
    expect(await engine.list(["app=my-service", "tier=api"])).toEqual([]);
    expect(await engine.list(["app=my-service"])).toEqual([fakeId]);
  });

  it("finds who lives in a container's network, by id and by name", async () => {
    const other = (digit: string, mode: string): object => ({
      Id: digit.repeat(64),
      Names: [`/net-${digit}`],
      HostConfig: { NetworkMode: mode },
    });
    const self = { Id: fakeId, Names: ["/svc-1"], HostConfig: { NetworkMode: "bridge" } };
    const all = [
      self,
      other("1", `container:${fakeId}`),
      other("2", "container:svc-1"),
      other("3", "none"),
    ];
    fake.on("/containers/json", json(all));
    expect(await engine.dependants(fakeId)).toEqual(["net-1", "net-2"]);
  });
});

describe("inspection", () => {
  it("keeps names of environment variables and never their values", async () => {
    expect(JSON.stringify(await engine.inspect(fakeId))).not.toContain("hunter2");
    expect(await engine.inspect(fakeId)).toMatchObject({ envNames: ["SECRET"], health: "none" });
  });

  it("is undefined when the container is gone", async () => {
    fake.on(`/${fakeId}/json`, json({ message: `No such container: ${fakeId}` }, 404));
    expect(await engine.inspect(fakeId)).toBeUndefined();
  });

  it("asks for the names of an image that is known by its digest alone", async () => {
    const Config = { Image: `sha256:${"d".repeat(64)}` };
    fake.on(`/${fakeId}/json`, json(inspection({ Config })));
    fake.on("/images/sha256:", json({ RepoTags: ["postgres:16"], RepoDigests: null }));
    expect((await engine.inspect(fakeId))?.images).toEqual(["postgres:16"]);
    fake.on("/images/sha256:", json({ message: "no such image" }, 404));
    expect((await engine.inspect(fakeId))?.images).toEqual([]);
  });

  it("reads what Podman says where there is no health check", async () => {
    const State = { Status: "running", StartedAt: "2026-03-01T12:00:00Z", Health: { Status: "" } };
    fake.on(`/${fakeId}/json`, json(inspection({ State })));
    expect(await engine.inspect(fakeId)).toMatchObject({ health: "none" });
  });
});

const hang = (): void => undefined;

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
      fake.on(`/${fakeId}/json`, answer);
      const begin = performance.now();
      await expect(engine.inspect(fakeId)).rejects.toMatchObject({ code, maybeApplied: false });
      expect(performance.now() - begin).toBeLessThan(2000);
      expect(calls).toEqual(["version ok", `inspect ${code}`]);
      await vi.waitFor(async () => expect(await fake.connections()).toBe(0));
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
      fake.on("/restart", answer);
      await expect(engine.restart(fakeId, { graceSeconds: 0 })).rejects.toMatchObject(error);
    },
  );

  it("is looked up in started-at: an answer lost after the effect is done, and sent once", async () => {
    const clock = systemClock;
    const config = restartContainer.config.parse({
      target: { label: "app=my-service" },
      grace_seconds: 0,
    });
    const remediation = restartContainer.create(config, { engine, clock });
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

describe("no engine", () => {
  it("says that nothing listens, what to do, and that nothing was sent", async () => {
    const nowhere = openDocker({ socket: join(fake.socket, "..", "none.sock") });
    await expect(nowhere.restart(fakeId, { graceSeconds: 0 })).rejects.toMatchObject({
      code: "DW_DOCKER_UNREACHABLE",
      retryable: true,
      maybeApplied: false,
      hint: expect.stringContaining("docker.socket"),
    });
  });

  it("says that the socket is not ours to use, and whose group to join", async () => {
    await engine.version();
    chmodSync(fake.socket, 0o000);
    const root = process.geteuid?.() === 0;
    // Nobody may be refused: root never is.
    if (root) process.seteuid?.(65_534);
    const asked = engine.restart(fakeId, { graceSeconds: 0 });
    const error = await asked
      .catch((thrown: unknown) => thrown)
      .finally(() => root && process.seteuid?.(0));
    expect(error).toMatchObject({
      code: "DW_DOCKER_FORBIDDEN",
      maybeApplied: false,
      hint: expect.stringContaining("SupplementaryGroups=docker"),
    });
  });
});
