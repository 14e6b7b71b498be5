/** The plain rule on raw importances: any feature more than three deviations from the mean of its last hundred values. */

import { modelName } from "../src/model-key.ts";
import type { RowSource } from "../src/replay/row-source.ts";
import type { ScoredEpisode } from "./attribution-score.ts";

const windowSize = 100;
const grace = 20;
const deviations = 3;
/** Attributions in a row without a crossing that end an episode. */
const cleanToClose = 4;
/** Rows within this time are one attribution, microseconds. */
const together = 60_000_000;

/** Episodes by the plain rule, to compare streams: if it scores alike on two streams, their easy faults are alike. */
export async function plainRuleEpisodes(
  sources: readonly RowSource[],
): Promise<readonly ScoredEpisode[]> {
  const episodes: ScoredEpisode[] = [];
  for (const source of sources) {
    let vector = new Map<string, number>();
    let start = Number.NaN;
    let name = "";
    const rule = new PlainRule((at, features) =>
      episodes.push({ model: name, start: at / 1e6, features }),
    );
    await source.read((_, model, { ts, feature, importance }) => {
      name = modelName(model).model;
      if (ts - start > together) {
        rule.take(start, vector);
        vector = new Map();
      }
      if (vector.size === 0) start = ts;
      vector.set(feature, importance);
    });
  }
  return episodes;
}

class PlainRule {
  readonly #windows = new Map<string, number[]>();
  readonly #opened: (at: number, features: readonly string[]) => void;
  #clean = cleanToClose;

  constructor(opened: (at: number, features: readonly string[]) => void) {
    this.#opened = opened;
  }

  take(at: number, vector: ReadonlyMap<string, number>): void {
    const beyond = [...vector]
      .map(([feature, value]) => ({ feature, z: this.#deviation(feature, value) }))
      .filter(({ z }) => z >= deviations)
      .toSorted((a, b) => b.z - a.z);
    if (beyond.length === 0) {
      this.#clean++;
      return;
    }
    if (this.#clean >= cleanToClose)
      this.#opened(
        at,
        beyond.map(({ feature }) => feature),
      );
    this.#clean = 0;
  }

  #deviation(feature: string, value: number): number {
    const window = this.#windows.get(feature) ?? [];
    this.#windows.set(feature, window);
    if (!Number.isFinite(value)) return 0;
    const mean = window.reduce((sum, one) => sum + one, 0) / window.length;
    const squares = window.reduce((sum, one) => sum + (one - mean) ** 2, 0);
    const known = window.length >= grace;
    window.push(value);
    if (window.length > windowSize) window.shift();
    return known ? Math.abs(value - mean) / Math.sqrt(squares / (window.length - 1) + 1e-24) : 0;
  }
}
