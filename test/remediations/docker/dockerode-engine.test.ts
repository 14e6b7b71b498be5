import { chmodSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../../remediations/docker/engine.ts";
import { type FakeEngine, fakeId, inspection, json, startFakeEngine } from "./fake-engine.ts";

let fake: FakeEngine;
let engine: Engine;

beforeEach(async () => {
  fake = await startFakeEngine();
  engine = openDocker({ socket: fake.socket });
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

/** An entry of a list: a container `net-<digit>` in that network. */
function inNetwork(digit: string, mode: string): object {
  return {
    Id: digit.repeat(64),
    Names: [`/net-${digit}`],
    HostConfig: { NetworkMode: mode },
  };
}

describe("selection", () => {
  it.each([[[]], [[""]], [["app=my-service", ""]]])("asks nothing for %o", async (labels) => {
    expect(await engine.list(labels)).toEqual([]);
    expect(fake.requests).toEqual([]);
  });

  it("drops what does not carry the label when the filter is ignored", async () => {
    expect(await engine.list(["app=other"])).toEqual([]);
    expect(await engine.list(["app=my-service", "tier=api"])).toEqual([]);
    expect(await engine.list(["app=my-service"])).toMatchObject([{ id: fakeId }]);
  });

  it("finds who lives in a container's network, by id and by name", async () => {
    const self = { Id: fakeId, Names: ["/svc-1"], HostConfig: { NetworkMode: "bridge" } };
    const all = [
      self,
      inNetwork("1", `container:${fakeId}`),
      inNetwork("2", "container:svc-1"),
      inNetwork("3", "none"),
    ];
    fake.on("/containers/json", json(all));
    expect(await engine.dependants(fakeId)).toEqual([
      { name: "net-1", by: "network" },
      { name: "net-2", by: "network" },
    ]);
  });
});

describe("inspection", () => {
  it("keeps names of environment variables and never their values", async () => {
    expect(JSON.stringify(await engine.inspect(fakeId))).not.toContain("hunter2");
    expect(await engine.inspect(fakeId)).toMatchObject({ envNames: ["SECRET"], health: "none" });
  });

  it("FR-H2: reads what comes from outside, and takes what is not said for what keeps more", async () => {
    const volume = { Type: "volume", Destination: "/data", RW: true };
    const Mounts = [
      { ...volume, Name: "shop_store", Source: "/var/lib/docker/volumes/shop_store/_data" },
      { ...volume, Name: "e".repeat(64), Source: "/var/lib/docker/volumes/e/_data" },
      { Type: "bind", Source: "/srv", Destination: "/srv", RW: false },
      { Source: "/old", Destination: "/old" },
    ];
    fake.on(`/${fakeId}/json`, json(inspection({ Mounts })));
    expect((await engine.inspect(fakeId))?.mounts).toMatchObject([
      { source: "shop_store", kind: "volume", writable: true, anonymous: false },
      { source: "e".repeat(64), kind: "volume", writable: true, anonymous: true },
      { source: "/srv", kind: "bind", writable: false, anonymous: false },
      { source: "/old", kind: "bind", writable: true, anonymous: false },
    ]);
  });

  it("FR-H2: reads ports that are published and those that the image exposes", async () => {
    const Config = { Image: "shop/api:1", ExposedPorts: { "8080/tcp": {}, "6379/tcp": {} } };
    const HostConfig = { PortBindings: { "6379/tcp": [], "9000/udp": null } };
    fake.on(`/${fakeId}/json`, json(inspection({ Config, HostConfig })));
    expect((await engine.inspect(fakeId))?.exposedPorts).toEqual([8080, 6379, 9000]);
  });

  it("FR-H2: keeps no value that stands in the command line", async () => {
    const Args = ["-c", "TOKEN=hunter3 exec redis-server --requirepass hunter4"];
    fake.on(`/${fakeId}/json`, json(inspection({ Args })));
    const container = await engine.inspect(fakeId);
    expect(container?.programs).toEqual(["sh", "exec", "redis-server"]);
    expect(JSON.stringify(container)).not.toContain("hunter");
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
