/** What the verbs on containers and images need: the engine, the limits, and the acts so far. */
import type { Engine, EngineChanges } from "../../../remediations/docker/engine.ts";
import type { ClockReading } from "../../permit.ts";
import type { Changes } from "../changes.ts";
import type { ExecutorLimits, ImageLimits } from "../limits.ts";
import type { MemoryMeans } from "../memory-plan.ts";
import type { Restarts } from "../restarts.ts";

export interface ImageMeans {
  readonly engineChanges: EngineChanges;
  readonly images: ImageLimits;
  readonly prunes: Changes;
  readonly clocks: () => ClockReading;
}

export interface MemoryVerbMeans extends MemoryMeans {
  readonly memory: Changes;
}

export interface DockerMeans {
  readonly engine: Engine;
  readonly limits: ExecutorLimits;
  readonly restarts: Restarts;
  /** Undefined where the limits remove no images. */
  readonly images?: ImageMeans | undefined;
  /** Undefined where the limits change no memory. */
  readonly memory?: MemoryVerbMeans | undefined;
}
