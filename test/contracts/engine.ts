/** What every way to an engine promises. It is run over dockerode on a socket, and over an executor in front of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import type { Permit } from "../../src/permit.ts";
import { type FakeClocks, fakeClocks, whatExpires } from "../fakes/permit.ts";
import {
  type FakeEngine,
  fakeId,
  inspection,
  json,
  startFakeEngine,
} from "../remediations/docker/fake-engine.ts";

export interface OpenedEngine {
  readonly engine: Engine;
  close(): Promise<void>;
}

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
