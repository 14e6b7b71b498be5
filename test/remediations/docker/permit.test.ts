import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDocker } from "../../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../../remediations/docker/engine.ts";
import type { Permit } from "../../../src/permit.ts";
import { type FakeClocks, fakeClocks, whatExpires } from "../../fakes/permit.ts";
import { type FakeEngine, fakeId, startFakeEngine } from "./fake-engine.ts";

let fake: FakeEngine;
let engine: Engine;
let clocks: FakeClocks;

beforeEach(async () => {
  fake = await startFakeEngine();
  for (const verb of ["/restart", "/start"]) {
    fake.on(verb, (_request, response) => void response.writeHead(204).end());
  }
  clocks = fakeClocks();
  engine = openDocker({ socket: fake.socket, restartMarginMs: 5_000, clocks: clocks.read });
});

afterEach(() => fake.close());

const restarts = (): readonly string[] =>
  fake.requests.filter((request) => request.startsWith("POST"));

describe("a restart whose permit expired before it was written", () => {
  it.each(whatExpires)("asks again, and is sent once, when %s", async (_what, expire) => {
    let asked = 0;
    const mayAct = async (): Promise<Permit> => {
      const permit = clocks.permit(2_500);
      asked += 1;
      expect(restarts()).toEqual([]);
      if (asked === 1) expire(clocks);
      return permit;
    };
    await engine.restart(fakeId, { graceSeconds: 0, mayAct });
    expect(asked).toBe(2);
    expect(restarts()).toHaveLength(1);
  });

  it("is not sent when the right to act is gone by then", async () => {
    let asked = 0;
    const mayAct = async (): Promise<Permit> => {
      asked += 1;
      if (asked > 1) throw new Error("taken over");
      return clocks.permit(0);
    };
    await expect(engine.restart(fakeId, { graceSeconds: 0, mayAct })).rejects.toThrow("taken over");
    expect(restarts()).toEqual([]);
  });
});

describe("the start that finishes a restart of ours", () => {
  it("needs no permit", async () => {
    await engine.start(fakeId);
    expect(restarts()).toHaveLength(1);
  });
});
