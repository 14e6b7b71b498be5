/** What every way to an engine promises. It is run over dockerode on a socket, and over an executor in front of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import type { Permit } from "../../src/permit.ts";
import { type FakeClocks, fakeClocks, whatExpires } from "../fakes/permit.ts";
import {
  type FakeEngine,
  fakeId,
  frame,
  inspection,
  json,
  raw,
  startFakeEngine,
} from "../remediations/docker/fake-engine.ts";

export interface OpenedEngine {
  readonly engine: Engine;
  close(): Promise<void>;
}

/** 600 bytes in use, of which 200 are cache; half of one of two CPUs. */
const stats = {
  memory_stats: { usage: 600, limit: 9e9, stats: { inactive_file: 200 } },
  cpu_stats: { cpu_usage: { total_usage: 1_250 }, system_cpu_usage: 2_000, online_cpus: 2 },
  precpu_stats: { cpu_usage: { total_usage: 1_000 }, system_cpu_usage: 1_000 },
  pids_stats: { current: 3 },
};

const happened = (Action: string, time: number, attributes: object = {}): string =>
  JSON.stringify({ Action, time, Actor: { ID: fakeId, Attributes: attributes } });

const events = [
  happened("die", 2, { exitCode: "137", image: "busybox" }),
  happened("exec_start: sh -c secret", 2),
  happened("health_status: unhealthy", 3),
  "",
].join("\n");

const withConfig = (shown: object): object => ({
  Config: { Image: "shop/api:1", Labels: { app: "my-service" }, ...shown },
});

const takenOver = (): Promise<Permit> => Promise.reject(new Error("taken over"));

/** @param open a way to the engine at a socket, whose permits are judged by these clocks */
export function engineContract(
  way: string,
  open: (socket: string, clocks: FakeClocks) => Promise<OpenedEngine>,
): void {
  describe(`an engine through ${way}`, () => {
    let fake: FakeEngine;
    let opened: OpenedEngine;
    let engine: Engine;
    let clocks: FakeClocks;

    beforeEach(async () => {
      fake = await startFakeEngine();
      for (const verb of ["/restart", "/start"]) {
        fake.on(verb, (_request, response) => void response.writeHead(204).end());
      }
      clocks = fakeClocks();
      opened = await open(fake.socket, clocks);
      engine = opened.engine;
    });

    afterEach(async () => {
      await opened.close();
      await fake.close();
    });

    const posts = (): readonly string[] =>
      fake.requests.filter((request) => request.startsWith("POST"));
    const permit = async (): Promise<Permit> => clocks.permit(2_500);

    it("says its version", async () => {
      expect(await engine.version()).toEqual({ engine: "20.10", api: "v1.41" });
    });

    it("lists by labels, and nothing for no label", async () => {
      const [found, ...more] = await engine.list(["app=my-service"]);
      expect(found).toMatchObject({ id: fakeId, name: "svc-1" });
      expect(more).toEqual([]);
      for (const none of [[], [""], ["app=my-service", ""]]) {
        expect(await engine.list(none)).toEqual([]);
      }
    });

    it("inspects without values of the environment, and knows what is gone", async () => {
      const container = await engine.inspect(fakeId);
      expect(container).toMatchObject({ id: fakeId, name: "svc-1", envNames: ["SECRET"] });
      expect(JSON.stringify(container)).not.toContain("hunter2");
      fake.on(`/${"d".repeat(64)}/json`, json({ message: "No such container" }, 404));
      expect(await engine.inspect("d".repeat(64))).toBeUndefined();
    });

    it("names what lives in the network of a container", async () => {
      const other = {
        Id: "e".repeat(64),
        Names: ["/beside"],
        State: "running",
        HostConfig: { NetworkMode: `container:${fakeId}` },
      };
      fake.on("/containers/json", json([other]));
      expect(await engine.dependants(fakeId)).toEqual([{ name: "beside", by: "network" }]);
    });

    const requestFor = (part: string): string | undefined =>
      fake.requests.findLast((request) => request.includes(part));

    it("#18: reads the newest log lines once, decoded and cleaned, and never follows", async () => {
      const at = "2026-03-01T12:00:00.000000001Z";
      const body = [
        frame(1, `${at} plain\n`),
        frame(2, `${at} \u001b[31mred\u001b[0m\u0001 end\n`),
      ];
      fake.on("/logs", raw(Buffer.concat(body)));
      expect(await engine.logs(fakeId, { lines: 200, sinceMs: 1_500 })).toEqual({
        lines: [
          { at, stream: "stdout", text: "plain" },
          { at, stream: "stderr", text: "red  end" },
        ],
        cut: false,
      });
      const query = "follow=false&stdout=true&stderr=true&timestamps=true&tail=200&since=1.5";
      expect(requestFor("/logs")).toBe(`GET /v1.41/containers/${fakeId}/logs?${query}`);
    });

    it("#18: takes the JSON line of a container with a terminal for text", async () => {
      fake.on(`/${fakeId}/json`, json(inspection(withConfig({ Tty: true }))));
      fake.on("/logs", raw('{"a":1}'));
      const { lines } = await engine.logs(fakeId, { lines: 1 });
      expect(lines).toEqual([{ stream: "stdout", text: '{"a":1}' }]);
    });

    it("#18: says what a container uses, and nothing of one that does not run", async () => {
      fake.on(`/${fakeId}/json`, json(inspection({ HostConfig: { Memory: 1_000 } })));
      fake.on("/stats", json(stats));
      expect(await engine.usage(fakeId)).toEqual({
        memoryBytes: 400,
        memoryLimitBytes: 1_000,
        memoryPercent: 40,
        cpuPercent: 50,
        pids: 3,
      });
      expect(requestFor("/stats")).toBe(`GET /v1.41/containers/${fakeId}/stats?stream=false`);
      fake.on(
        `/${fakeId}/json`,
        json(inspection({ State: { Status: "exited", StartedAt: "2026-03-01T12:00:00Z" } })),
      );
      expect(await engine.usage(fakeId)).toBeUndefined();
    });

    it("#18: names what happened to a container since a time until now, typed", async () => {
      const nowMs = clocks.read().wallMs;
      fake.on("/events", raw(events));
      expect(await engine.events(fakeId, 1_000)).toEqual([
        { atMs: 2_000, action: "die", exitCode: 137 },
        { atMs: 3_000, action: "health_status", health: "unhealthy" },
      ]);
      const filters = JSON.stringify({ type: ["container"], container: [fakeId] });
      expect(requestFor("/events")).toBe(
        `GET /v1.41/events?since=1&until=${nowMs / 1000}&filters=${filters}`,
      );
      expect(await engine.events(fakeId, nowMs + 1)).toEqual([]);
    });

    it("#18: refuses more lines than there may be, and a time that is none", async () => {
      for (const call of [
        () => engine.logs(fakeId, { lines: 201 }),
        () => engine.logs(fakeId, { lines: 0 }),
        () => engine.logs(fakeId, { lines: 1, sinceMs: Number.NaN }),
        () => engine.events(fakeId, -1),
      ]) {
        await expect(call()).rejects.toMatchObject({ code: "DW_DOCKER_REFUSED" });
      }
      expect(fake.requests.filter((request) => request !== "GET /version")).toEqual([]);
    });

    it("#18: knows of a container that is gone that it has no logs and uses nothing", async () => {
      fake.on(`/${fakeId}/json`, json({ message: "No such container" }, 404));
      const gone = { code: "DW_DOCKER_GONE" };
      await expect(engine.logs(fakeId, { lines: 1 })).rejects.toMatchObject(gone);
      await expect(engine.usage(fakeId)).rejects.toMatchObject(gone);
    });

    it("restarts once, with the grace that was asked for", async () => {
      await engine.restart(fakeId, { graceSeconds: 7, mayAct: permit });
      expect(posts()).toEqual([`POST /v1.41/containers/${fakeId}/restart?t=7`]);
    });

    it.each(whatExpires)(
      "asks again and is sent once, when %s before the write",
      async (_what, expire) => {
        let asked = 0;
        const mayAct = async (): Promise<Permit> => {
          asked += 1;
          const given = clocks.permit(2_500);
          if (asked === 1) expire(clocks);
          return given;
        };
        await engine.restart(fakeId, { graceSeconds: 0, mayAct });
        expect(asked).toBe(2);
        expect(posts()).toHaveLength(1);
      },
    );

    it("sends nothing when the right to act is gone, and says so in its own words", async () => {
      await expect(engine.restart(fakeId, { graceSeconds: 0, mayAct: takenOver })).rejects.toThrow(
        "taken over",
      );
      expect(posts()).toEqual([]);
    });

    it("is fine with a start of what runs, without a permit", async () => {
      await expect(engine.start(fakeId)).resolves.toBeUndefined();
    });

    it.each(["", "svc-1", "../x", `${fakeId}/kill?signal=KILL&x=`, "C".repeat(64)])(
      "does nothing for what is no id: %j",
      async (id) => {
        for (const call of [
          () => engine.inspect(id),
          () => engine.logs(id, { lines: 1 }),
          () => engine.usage(id),
          () => engine.events(id, 0),
          () => engine.restart(id, { graceSeconds: 0, mayAct: permit }),
          () => engine.start(id),
        ]) {
          await expect(call()).rejects.toMatchObject({ code: "DW_DOCKER_REFUSED" });
        }
        expect(posts()).toEqual([]);
      },
    );

    it("keeps the reason when the engine refuses, and says that nothing happened", async () => {
      fake.on("/restart", json({ message: "marked for removal" }, 409));
      const refused = await engine
        .restart(fakeId, { graceSeconds: 0, mayAct: permit })
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(DockerError);
      expect(refused).toMatchObject({ code: "DW_DOCKER_CONFLICT", maybeApplied: false });
      expect(String(refused)).toContain("marked for removal");
    });

    it("knows of a restart without an answer that it may have happened", async () => {
      fake.on("/restart", (request) => void request.socket.destroy());
      await expect(
        engine.restart(fakeId, { graceSeconds: 0, mayAct: permit }),
      ).rejects.toMatchObject({ maybeApplied: true });
    });

    it("says of an engine that is away that nothing can be asked", async () => {
      fake.on("/json", (request) => void request.socket.destroy());
      await expect(engine.inspect(fakeId)).rejects.toMatchObject({
        code: "DW_DOCKER_UNREACHABLE",
        unavailable: true,
      });
      fake.on(`/${fakeId}/json`, json(inspection()));
      expect(await engine.inspect(fakeId)).toMatchObject({ id: fakeId });
    });
  });
}
