/** Carries promised effects out, in a lane for each dependency: one that is away, or slow, keeps no other waiting. */
import { hastenEffects } from "../store/outbox/hasten.ts";
import { type Dependency, dependencies } from "./dependency.ts";
import { EffectsLane, type EffectsOptions } from "./dispatcher.ts";

interface Health {
  readonly ok: boolean;
  readonly reason?: string;
}

const healthOf = (reason: string | undefined): Health =>
  reason === undefined ? { ok: true } : { ok: false, reason };

export class EffectsWorker {
  readonly #options: EffectsOptions;
  readonly #lanes: readonly EffectsLane[];
  readonly #stopping = new AbortController();
  #working: Promise<unknown> | undefined;

  constructor(options: EffectsOptions) {
    this.#options = options;
    this.#lanes = dependencies.map((dependency) => new EffectsLane(dependency, options));
  }

  /** What waits after a failure is tried at once: people restart when they have mended something. */
  start(): void {
    const { store, clock, logger } = this.#options;
    const unlisten = store.listen("outbox", () => this.#wake());
    this.#working = hastenEffects(store, clock.now())
      .catch((err: unknown) =>
        logger.warn({ err }, "hastening effects failed; they keep their time"),
      )
      .then(() => Promise.all(this.#lanes.map((lane) => lane.run(this.#stopping.signal))))
      .finally(unlisten);
  }

  /** Ok while promised effects can be read; what an effect itself meets is no illness of the outbox. */
  health(): Health {
    return healthOf(this.#lanes.find((lane) => lane.problem !== undefined)?.problem);
  }

  /** Ok while the dependency is asked; while its breaker is open, why not. */
  dependencyHealth(dependency: Dependency): Health {
    return healthOf(this.#lanes.find((lane) => lane.dependency === dependency)?.awayBecause);
  }

  /** Waits for the effects in hand. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#working;
  }

  #wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }
}
