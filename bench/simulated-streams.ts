/** Simulated streams of importances with their truth, drawn again for every seed. */
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { modelKey } from "../src/model-key.ts";
import type { ReplayMarker } from "../src/replay/feed.ts";
import { LeftOut } from "../src/replay/left-out.ts";
import type { RowListener, RowSource, RowsRead } from "../src/replay/row-source.ts";
import type { Truth } from "./attribution-truth.ts";
import type { Random } from "./simulated-faults.ts";
import { type ModelPlan, SimulatedModel } from "./simulated-model.ts";
import { deckOf, modelPlans, name, planEvents, slotsOf, warmUpOf } from "./simulated-plan.ts";
import { truthOf } from "./simulated-truth.ts";
import { type Slot, vectorsOf } from "./simulated-vectors.ts";

/** A Monday. */
const firstAtSeconds = Date.UTC(2026, 2, 2) / 1000;

export interface SimulatedStreams {
  readonly sources: readonly RowSource[];
  readonly markers: readonly ReplayMarker[];
  readonly truth: Truth;
}

const keyOf = (plan: ModelPlan): string =>
  modelKey({ tenant: "", environment: "", source: "", model: plan.name });

export function simulatedStreams(seed: number): SimulatedStreams {
  const random = pythonRandom(seed);
  const deck = deckOf(random);
  const streams = modelPlans.map((plan) => {
    const model = new SimulatedModel(plan, random);
    const events = planEvents(model, deck, random);
    const slots = vectorsOf(model, events, random);
    const markers = events
      .filter(({ kind }) => kind.marker === true)
      .map(({ from }) => ({ model: keyOf(plan), at: timeOf(plan, from) * 1e6, marker: "retrain" }));
    const source: RowSource = {
      read: (take) => Promise.resolve(write(plan, slots, { take, random: pythonRandom(seed + 1) })),
    };
    const end = timeOf(plan, slotsOf(plan) - 1);
    const known = {
      model: plan.name,
      cadence_minutes: plan.cadenceMinutes,
      scored_from: timeOf(plan, warmUpOf(plan)),
      end,
    };
    return {
      source,
      markers,
      known,
      events: truthOf({ plan, events, slots, timeOf: (slot) => timeOf(plan, slot) }),
    };
  });
  return {
    sources: streams.map(({ source }) => source),
    markers: streams.flatMap(({ markers }) => markers),
    truth: {
      models: streams.map(({ known }) => known),
      events: streams.flatMap(({ events }) => events),
    },
  };
}

const timeOf = ({ cadenceMinutes }: ModelPlan, slot: number): number =>
  firstAtSeconds + slot * cadenceMinutes * 60;

interface Writing {
  readonly take: RowListener;
  readonly random: Random;
}

/** One run in 250 is skipped. One in 250 has rows that come after those of the next run. */
const rare = 0.004;

function write(plan: ModelPlan, slots: readonly Slot[], { take, random }: Writing): RowsRead {
  const key = keyOf(plan);
  let late: (() => void)[] = [];
  const added = new Set<string>();
  let tid = 0;
  for (const slot of slots) {
    if (slot.event?.kind.kind === "new_zero_feature") added.add(`added_${slot.event.from}`);
    const at = firstAtSeconds + slot.at + 10 * random();
    const skipped = slot.event === undefined && random() < rare;
    const straggles = slot.event === undefined && random() < rare;
    const waiting = late;
    const rows = (skipped ? [] : rowsOf(plan, slot, { added, random })).map((row) => {
      const ts = Math.floor((at + plan.spread * random()) * 1e6);
      return { ts, ...row, tid: tid++ };
    });
    const lateOnes = straggles ? rows.slice(0, 2) : [];
    for (const row of rows.slice(lateOnes.length)) take(plan.name, key, row);
    late = lateOnes.map((row) => () => take(plan.name, key, row));
    for (const one of waiting) one();
  }
  return { rows: tid, cleaned: 0, leftOut: new LeftOut() };
}

interface WrittenRow {
  readonly feature: string;
  readonly importance: number;
}

interface Additions {
  readonly added: ReadonlySet<string>;
  readonly random: Random;
}

function rowsOf(plan: ModelPlan, slot: Slot, additions: Additions): readonly WrittenRow[] {
  if (slot.written === undefined) return [];
  const leaked = slot.event?.kind.kind === "leak_new";
  const rows = slot.written.flatMap((importance, i) =>
    Number.isNaN(importance)
      ? []
      : [{ feature: name(i), importance: rounded(importance * (leaked ? 0.6 : 1)) }],
  );
  const all = [...rows, ...addedRows(plan, slot, additions)];
  const twice = slot.event?.kind.kind === "duplicate_rows" ? all : [];
  return [...(plan.spread > 0 ? shuffled(all, additions.random) : all), ...twice];
}

/** Rows of features that the model did not have at the beginning. */
function addedRows(
  { kind }: ModelPlan,
  { written = [], event }: Slot,
  { added, random }: Additions,
): readonly WrittenRow[] {
  const size = written.reduce((sum, one) => sum + (Number.isFinite(one) ? Math.abs(one) : 0), 0);
  const leaked = event?.kind.kind === "leak_new";
  const leak = leaked ? [rounded(size * (0.35 + 0.05 * random()))] : [];
  const sign = kind === "signed" ? -1 : 1;
  // A frozen exporter repeats these values too.
  const part = event?.kind.kind === "frozen" ? 0.5 : random();
  const importance = rounded(sign * size * 0.001 * part);
  return [
    ...leak.map((one) => ({ feature: "leaked", importance: one })),
    ...[...added].map((feature) => ({ feature, importance })),
  ];
}

const shuffled = (rows: readonly WrittenRow[], random: Random): readonly WrittenRow[] =>
  rows
    .map((row) => ({ row, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ row }) => row);

/** Rounds to nine digits, as in a table. */
const rounded = (value: number): number => Number(value.toPrecision(9));
