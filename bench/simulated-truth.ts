/**
 * The truth about simulated streams: which changes are measurable in the shares of attention, and which feature changed
 * most.
 */
import type { TruthEvent } from "./attribution-truth.ts";
import type { ModelPlan } from "./simulated-model.ts";
import { name, type PlannedEvent, warmUpOf } from "./simulated-plan.ts";
import type { Slot } from "./simulated-vectors.ts";

export interface TruthInput {
  readonly plan: ModelPlan;
  readonly events: readonly PlannedEvent[];
  readonly slots: readonly Slot[];
  /** Seconds since 1970. */
  readonly timeOf: (slot: number) => number;
}

/** A smaller change of the guilty shares cannot be distinguished from noise. */
const measurable = 1.5;
/** Most attributions over which a change is measured. */
const longest = 10;

export function truthOf(input: TruthInput): readonly TruthEvent[] {
  const noise = new ShareNoise(input);
  return input.events.map((event, number) => {
    const { kind, from, to, features } = event;
    const changes = changesOf(input.slots.slice(from, to));
    const snrs = changes.map(
      (change, i) => Math.abs(change) / noise.deviation(i, Math.min(longest, to - from)),
    );
    const guilty = features.length > 0 ? features : snrs.map((_, i) => i);
    const snr = Math.max(0, ...guilty.map((i) => snrs[i]!));
    const most = Math.max(...changes.map(Math.abs));
    const own = Math.max(0, ...features.map((i) => Math.abs(changes[i]!)));
    const named = kind.kind === "leak_new" ? ["leaked"] : features.map(name);
    return {
      id: `${input.plan.name}-${number}`,
      model: input.plan.name,
      kind: kind.kind,
      start: input.timeOf(from),
      end: input.timeOf(to - 1),
      onset: input.timeOf(onsetOf(input, event, noise)),
      harmful: kind.harmful,
      detectable: kind.harmful === true ? kind.plain === true || snr >= measurable : null,
      features: named,
      blame_clear:
        kind.harmful === true && named.length > 0 && (kind.plain === true || own >= 0.9 * most),
      magnitude: { snr: kind.plain === true ? null : snr },
    };
  });
}

function sharesOf(vector: readonly number[]): readonly number[] {
  const total = vector.reduce((sum, one) => sum + Math.abs(one), 0) || 1;
  return vector.map((one) => one / total);
}

/** Mean change of each feature's share over these attributions. */
function changesOf(slots: readonly Slot[]): readonly number[] {
  const sums = slots[0]!.healthy.map(() => 0);
  for (const { healthy, actual } of slots) {
    const [before, after] = [sharesOf(healthy), sharesOf(actual)];
    for (let i = 0; i < sums.length; i++) sums[i]! += (after[i] ?? 0) - before[i]!;
  }
  return sums.map((sum) => sum / slots.length);
}

/** The onset of a change. A slow change begins when a mean of five is three deviations off. */
function onsetOf(
  { slots }: TruthInput,
  { kind, from, to, features }: PlannedEvent,
  noise: ShareNoise,
): number {
  if (kind.kind !== "ramp" && kind.kind !== "inflation") return from;
  for (let at = from; at + 5 <= to; at++) {
    const changes = changesOf(slots.slice(at, at + 5));
    if (features.some((i) => Math.abs(changes[i]!) >= 3 * noise.deviation(i, 5))) return at + 4;
  }
  return from;
}

/** Measures how much means of healthy shares differ from the habit of their hour and kind of day. */
class ShareNoise {
  readonly #residuals: readonly (readonly number[])[];

  constructor({ slots, plan }: TruthInput) {
    const shares = slots.map(({ healthy }) => sharesOf(healthy));
    const n = plan.nFeatures;
    const sums = new Map<string, { readonly sum: number[]; count: number }>();
    let era = 0;
    const keys = slots.map(({ at, event }, slot) => {
      if (event?.kind.stays === true && event.from === slot) era++;
      const day = Math.floor(at / 86_400) % 7 >= 5 ? "weekend" : "weekday";
      return `${era} ${day} ${Math.floor(at / 3600) % 24}`;
    });
    const warm = warmUpOf(plan);
    for (const [slot, key] of keys.entries()) {
      if (slot < warm / 2) continue;
      const known = sums.get(key) ?? { sum: Array.from({ length: n }, () => 0), count: 0 };
      sums.set(key, known);
      known.count++;
      for (let i = 0; i < n; i++) known.sum[i]! += shares[slot]![i]!;
    }
    this.#residuals = shares.flatMap((share, slot) => {
      const known = sums.get(keys[slot]!);
      return known === undefined ? [] : [share.map((one, i) => one - known.sum[i]! / known.count)];
    });
  }

  /** The deviation of a mean of this many attributions. */
  deviation(feature: number, length: number): number {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (const [slot, residual] of this.#residuals.entries()) {
      sum += residual[feature]!;
      if (slot >= length) sum -= this.#residuals[slot - length]![feature]!;
      if (slot + 1 < length) continue;
      squares += (sum / length) ** 2;
      count++;
    }
    return Math.sqrt(squares / Math.max(count, 1)) + 1e-9;
  }
}
