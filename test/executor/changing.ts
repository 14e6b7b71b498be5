/** An executor that may remove images and raise memory limits, before a real client of a fake engine. */
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import {
  type ExecutorChanges,
  openExecutorChanges,
} from "../../remediations/docker/executor/executor-changes.ts";
import type { ExecutorLimits } from "../../src/executor/limits.ts";
import type { Permit } from "../../src/permit.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";
import {
  type FakeEngine,
  fakeId,
  inspection,
  json,
  startFakeEngine,
} from "../remediations/docker/fake-engine.ts";
import { startTestExecutor, type TestExecutor } from "./started.ts";

const mib = 1_048_576;
const dayMs = 86_400_000;

export const imageId = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A dangling image, as the engine lists it, so many days old. */
export const listedImage = (digit: string, days: number, more: object = {}): object => ({
  Id: imageId(digit),
  Created: Math.floor((fakeClocks().read().wallMs - days * dayMs) / 1000),
  Size: 1_000,
  RepoTags: ["<none>:<none>"],
  ...more,
});

export interface ChangingExecutor {
  readonly fake: FakeEngine;
  readonly executor: TestExecutor;
  readonly changes: ExecutorChanges;
  readonly clocks: FakeClocks;
  readonly mayAct: (effect: string) => () => Promise<Permit>;
  /** What the engine was asked to change, oldest first. */
  readonly posts: () => readonly string[];
  /** What an inspection shows of the container's memory, bytes. */
  readonly limitIs: (bytes: number, shown?: object) => void;
  readonly stop: () => Promise<void>;
}

const allow = [{ labels: ["app=my-service"], verbs: ["update-memory"], allowStateful: false }];

export const openChanges: Pick<ExecutorLimits, "images" | "memory"> = {
  images: { builtBeforeMs: 7 * dayMs, keep: [], acts: [{ acts: 2, windowMs: dayMs }] },
  memory: {
    minBytes: 64 * mib,
    maxBytes: 512 * mib,
    all: [{ acts: 9, windowMs: dayMs }],
    perContainer: [{ acts: 2, windowMs: dayMs }],
  },
};

export async function startChangingExecutor(
  limits: Partial<ExecutorLimits> = {},
): Promise<ChangingExecutor> {
  const fake = await startFakeEngine();
  const clocks = fakeClocks();
  const engine = openDocker({ socket: fake.socket, clocks: clocks.read });
  const executor = await startTestExecutor({
    engine,
    engineChanges: engine,
    clocks: clocks.read,
    clock: { sleep: async (ms) => clocks.pass(ms) },
    limits: { allow, ...openChanges, ...limits },
  });
  const limitIs = (bytes: number, shown: object = {}): void => {
    const HostConfig = { AutoRemove: false, Memory: bytes, MemorySwap: 2 * bytes };
    fake.on(`/${fakeId}/json`, json(inspection({ HostConfig, ...shown })));
  };
  limitIs(128 * mib);
  fake.on("/stats", json({ memory_stats: { usage: 100 * mib } }));
  fake.on("/update", json({ Warnings: null }));
  fake.on("/images/json", json([listedImage("a", 30), listedImage("b", 3)]));
  fake.on("/images/prune", json({ ImagesDeleted: [{}, {}], SpaceReclaimed: 777 }));
  return {
    fake,
    executor,
    clocks,
    limitIs,
    changes: openExecutorChanges({ socket: executor.socket }),
    mayAct: (effect) => async () => ({ ...clocks.permit(2_500), effect }),
    posts: () => fake.requests.filter((request) => request.startsWith("POST")),
    stop: async () => {
      await executor.stop();
      await fake.close();
    },
  };
}
