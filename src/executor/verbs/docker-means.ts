/** What the verbs on containers need: the engine, the limits and the restarts. */
import type { Engine } from "../../../remediations/docker/engine.ts";
import type { ExecutorLimits } from "../limits.ts";
import type { Restarts } from "../restarts.ts";

export interface DockerMeans {
  readonly engine: Engine;
  readonly limits: ExecutorLimits;
  readonly restarts: Restarts;
}
