/** Limits how often a slow level runs, because each run may scan a large table. */
import type { Level } from "./levels.ts";

/** A slow level reads at most this share of the time. */
const share = 0.02;

/** When each level may run next, by how long its last reading took. Times are milliseconds of a steady clock. */
export class Pacing {
  readonly #nextAt = [0, 0, 0];

  due(level: Level, nowMs: number): boolean {
    return level === 0 || nowMs >= (this.#nextAt[level] ?? 0);
  }

  /** @param readMs what reading took, ended at `nowMs` */
  ran(level: Level, readMs: number, nowMs: number): void {
    this.#nextAt[level] = nowMs + readMs * (1 / share - 1);
  }
}
