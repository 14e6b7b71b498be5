/** Generates models that are explained once a day for a year: few, noisy vectors with a weekly and a yearly season. */
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { modelKey } from "../src/model-key.ts";
import { LeftOut } from "../src/replay/left-out.ts";
import type { RowSource, RowsRead } from "../src/replay/row-source.ts";
import type { Truth, TruthEvent } from "./attribution-truth.ts";

const yearOfDays = 365;
const dayUs = 86_400_000_000;
const firstAt = Date.UTC(2026, 0, 1, 3) * 1000;
const nFeatures = 12;

type Vector = number[];

/** Applies a fault to the importances of one day. Undefined: no rows came. */
type Change = (now: Vector, before: Vector, progress: number) => Vector | undefined;

interface Fault {
  readonly kind: string;
  readonly lasts: number;
  readonly features: readonly number[];
  readonly change: Change;
}

const times =
  (feature: number, factor: (progress: number) => number): Change =>
  (now, _, progress) =>
    now.with(feature, now[feature]! * factor(progress));

const faults: readonly Fault[] = [
  { kind: "null_column", lasts: 12, features: [4], change: times(4, () => 0.15) },
  { kind: "leak_existing", lasts: 15, features: [9], change: times(9, () => 5) },
  {
    kind: "swap",
    lasts: 12,
    features: [0, 4],
    change: (now) => now.with(0, now[4]!).with(4, now[0]!),
  },
  { kind: "partial_outage", lasts: 15, features: [2], change: times(2, () => 0.7) },
  { kind: "inflation", lasts: 20, features: [5], change: times(5, (at) => 1 + at) },
  { kind: "frozen", lasts: 7, features: [], change: (_, before) => before },
  { kind: "missing_feature", lasts: 6, features: [3], change: (now) => now.with(3, Number.NaN) },
  { kind: "silent", lasts: 7, features: [], change: () => undefined },
];

export interface DailyPlan {
  readonly models: number;
  /** Days on which a fault begins. The fault differs by place and by model. */
  readonly places: readonly number[];
  /** Days that are not scored, and the number of all days. */
  readonly warmUp: number;
  readonly days: number;
}

export interface DailyStreams {
  readonly sources: readonly RowSource[];
  readonly truth: Truth;
}

export function dailyStreams({ models, places, warmUp, days }: DailyPlan): DailyStreams {
  const truths: Truth[] = [];
  const sources = Array.from({ length: models }, (_, index): RowSource => {
    const name = `daily-${index}`;
    const planned = places.map((day, place) => ({
      day,
      fault: faults[(index + place) % faults.length]!,
    }));
    truths.push({ models: [scoredModel(name, { warmUp, days })], events: eventsOf(name, planned) });
    return { read: (take) => Promise.resolve(feed({ name, index, planned, days }, take)) };
  });
  const truth = {
    models: truths.flatMap((one) => one.models),
    events: truths.flatMap((one) => one.events),
  };
  return { sources, truth };
}

type Planned = readonly { readonly day: number; readonly fault: Fault }[];
type Take = Parameters<RowSource["read"]>[0];

function feed(
  {
    name,
    index,
    planned,
    days,
  }: {
    readonly name: string;
    readonly index: number;
    readonly planned: Planned;
    readonly days: number;
  },
  take: Take,
): RowsRead {
  let rows = 0;
  const random = pythonRandom(100 + index);
  const model = modelKey({ tenant: "", environment: "", source: "", model: name });
  let before: Vector = [];
  for (let day = 0; day < days; day++) {
    const now = vectorOf(day, random);
    const running = planned.find(({ day: from, fault }) => day >= from && day < from + fault.lasts);
    const changed =
      running === undefined
        ? now
        : running.fault.change(now, before, (day - running.day + 1) / running.fault.lasts);
    if (changed === undefined) continue;
    before = changed;
    const ts = firstAt + day * dayUs + Math.floor(random() * 60e6);
    for (const [i, importance] of changed.entries()) {
      if (Number.isNaN(importance)) continue;
      rows++;
      take(name, model, { ts, feature: `f${String(i).padStart(2, "0")}`, importance, tid: i });
    }
  }
  return { rows, cleaned: 0, leftOut: new LeftOut() };
}

/** One vector: shares that decrease exponentially, with 18 % noise, weekends and a slow wave over the year. */
function vectorOf(day: number, random: () => number): Vector {
  const weekend = (day + 4) % 7 >= 5 ? 1.12 : 1;
  return Array.from({ length: nFeatures }, (_, i) => {
    const season = 1 + 0.06 * Math.sin((2 * Math.PI * day) / yearOfDays + i);
    const week = i % 3 === 0 ? weekend : 1;
    return Math.exp(-0.28 * i) * season * week * Math.exp(0.18 * gaussian(random));
  });
}

/** Box and Muller, 1958. */
export function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Seconds since 1970. */
const at = (day: number): number => (firstAt + day * dayUs) / 1e6;

const scoredModel = (
  model: string,
  { warmUp, days }: Pick<DailyPlan, "warmUp" | "days">,
): Truth["models"][number] => ({
  model,
  cadence_minutes: 1440,
  scored_from: at(warmUp),
  end: at(days - 1),
});

function eventsOf(model: string, planned: Planned): readonly TruthEvent[] {
  return planned.map(
    ({ day, fault: { kind, lasts, features } }): TruthEvent => ({
      id: `${model}-${day}`,
      model,
      kind,
      start: at(day),
      end: at(day + lasts - 1),
      onset: at(day),
      harmful: true,
      detectable: true,
      features: features.map((i) => `f${String(i).padStart(2, "0")}`),
      blame_clear: true,
      magnitude: {},
    }),
  );
}
