/** The parts of an executor before a container engine: its records of acts, its verbs, and what goes on at its end. */
import type { Logger } from "pino";
import type { Engine, EngineChanges } from "../../remediations/docker/engine.ts";
import type { Clock } from "../clock.ts";
import type { ClockReading } from "../permit.ts";
import type { ActLog } from "./act-log.ts";
import { Changes } from "./changes.ts";
import type { ExecutorLimits } from "./limits.ts";
import { Restarts } from "./restarts.ts";
import type { ExecutorVerb } from "./verb.ts";
import { dockerVerbs } from "./verbs/docker.ts";
import type { ImageMeans, MemoryVerbMeans } from "./verbs/docker-means.ts";

export interface DockerPartsOptions {
  readonly engine: Engine;
  /** Undefined: the executor only restarts. */
  readonly engineChanges?: EngineChanges | undefined;
  readonly limits: ExecutorLimits;
  readonly clock: Pick<Clock, "sleep">;
  readonly clocks: () => ClockReading;
  readonly logger: Logger;
  /** Opens the record of acts in this file. */
  readonly record: (file: string) => Promise<ActLog>;
}

export interface DockerParts {
  readonly verbs: readonly ExecutorVerb[];
  /** Deals with the acts that an earlier process left open. */
  finishOpen(): Promise<void>;
  /** Settles when no act is running. */
  idle(): Promise<void>;
}

/** @throws ExecutorError DW_EXECUTOR_STATE */
export async function openDockerParts(options: DockerPartsOptions): Promise<DockerParts> {
  const { engine, limits, record } = options;
  const restarts = new Restarts({ ...options, acts: await record("acts.jsonl") });
  const images = await openImages(options);
  const memory = await openMemory(options);
  const changes = [images?.prunes, memory?.memory].filter((one) => one !== undefined);
  return {
    verbs: dockerVerbs({ engine, limits, restarts, images, memory }),
    finishOpen: async () => {
      // In this turn of the event loop, before the first request.
      const finishing = restarts.finishOpen();
      for (const one of changes) await one.endOpen();
      await finishing;
    },
    idle: async () => {
      await Promise.all([restarts, ...changes].map((one) => one.idle()));
    },
  };
}

async function openImages({
  engineChanges,
  limits: { images },
  record,
  ...means
}: DockerPartsOptions): Promise<ImageMeans | undefined> {
  if (engineChanges === undefined || images === undefined) return undefined;
  const acts = await record("prunes.jsonl");
  const prunes = new Changes({ ...means, acts, all: images.acts, perSubject: [] });
  return { engineChanges, images, prunes, clocks: means.clocks };
}

async function openMemory({
  engine,
  engineChanges: changes,
  limits,
  record,
  ...means
}: DockerPartsOptions): Promise<MemoryVerbMeans | undefined> {
  if (changes === undefined || limits.memory === undefined) return undefined;
  const { all, perContainer: perSubject } = limits.memory;
  const acts = await record("memory.jsonl");
  return { engine, changes, limits, memory: new Changes({ ...means, acts, all, perSubject }) };
}
