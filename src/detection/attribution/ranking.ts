/** Ranks features, and measures how far their order has changed. A ranking never opens an episode. */

/** By slot. */
export interface Shares {
  /** Absolute shares; undefined where absent. */
  readonly before: readonly (number | undefined)[];
  readonly after: readonly (number | undefined)[];
}

export interface Ranking {
  /**
   * Normalised discounted cumulative gain of the present order. The gain of a feature is its share before. The same
   * order gives 1. Source: Järvelin and Kekäläinen 2002; cloud monitors alarm below 0.9.
   */
  readonly ndcg: number;
  /** How many of the `top` most important features before are no longer among them. */
  readonly left: number;
  readonly top: number;
}

const most = 5;

/** @returns undefined with fewer than two features, or before any was learned */
export function rankingOf({ before, after }: Shares): Ranking | undefined {
  const usual = order(before);
  const now = order(after);
  const ideal = gain(usual, before);
  if (usual.length < 2 || !(ideal > 0)) return undefined;
  const top = Math.min(most, usual.length);
  const leading = new Set(now.slice(0, top));
  const left = usual.slice(0, top).filter((slot) => !leading.has(slot)).length;
  return { ndcg: gain(now, before) / ideal, left, top };
}

/** The rank of each value: 1 is the largest. Equal values share a rank, and an absent value has none. */
export function ranksOf(values: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => b - a);
  const ranks = new Map<number, number>();
  for (const [place, value] of known.entries()) if (!ranks.has(value)) ranks.set(value, place + 1);
  return values.map((value) => (value === undefined ? undefined : ranks.get(value)));
}

/** Slots of the features that are there, largest first. */
function order(shares: readonly (number | undefined)[]): readonly number[] {
  return [...shares.keys()]
    .filter((slot) => shares[slot] !== undefined)
    .toSorted((a, b) => shares[b]! - shares[a]!);
}

const gain = (slots: readonly number[], worth: readonly (number | undefined)[]): number =>
  slots.reduce((sum, slot, place) => sum + (worth[slot] ?? 0) / Math.log2(place + 2), 0);
