/** The simulated models, and the changes of each with their times. */
import { type Kind, kinds, type Random } from "./simulated-faults.ts";
import type { ModelPlan, SimulatedModel } from "./simulated-model.ts";

const plan = (own: Partial<ModelPlan> & Pick<ModelPlan, "name" | "nFeatures">): ModelPlan => ({
  kind: "absolute",
  cadenceMinutes: 10,
  days: 21,
  rowsPerWindow: 300,
  spread: 0,
  natural: false,
  band: 1,
  nearZero: 0,
  ...own,
});

/** Number and size are those of the labelled streams. They also have signed importances, bands and hourly seasons. */
export const modelPlans: readonly ModelPlan[] = [
  plan({ name: "trees-14", nFeatures: 14 }),
  plan({
    name: "hourly-14",
    nFeatures: 14,
    cadenceMinutes: 60,
    days: 42,
    spread: 1.5,
    natural: true,
  }),
  plan({ name: "signed-23", nFeatures: 23, kind: "signed", rowsPerWindow: 420, band: 3 }),
  plan({ name: "slow-12", nFeatures: 12, cadenceMinutes: 60, days: 42, rowsPerWindow: 250 }),
  plan({ name: "wide-60", nFeatures: 60, days: 14, rowsPerWindow: 500, spread: 3, nearZero: 0.5 }),
  plan({ name: "permuted-10", nFeatures: 10, kind: "permutation", rowsPerWindow: 400 }),
  plan({ name: "fast-5", nFeatures: 5, cadenceMinutes: 5, days: 13, rowsPerWindow: 200 }),
  plan({ name: "banded-30", nFeatures: 30, band: 5, days: 14 }),
  plan({
    name: "signed-hourly-12",
    nFeatures: 12,
    kind: "signed",
    cadenceMinutes: 60,
    days: 42,
    natural: true,
  }),
];

/** One change of one model, in attributions counted from the first. */
export interface PlannedEvent {
  readonly kind: Kind;
  readonly from: number;
  /** First attribution after it. */
  readonly to: number;
  readonly features: readonly number[];
  readonly size: number;
}

/** Attributions between two events, at least. */
const gap = 24;
/** Number of events of every model. In hourly models the last ones do not fit. */
const eventsEach = 12;

export const slotsOf = ({ days, cadenceMinutes }: ModelPlan): number =>
  Math.floor((days * 1440) / cadenceMinutes);
export const warmUpOf = ({ cadenceMinutes }: ModelPlan): number =>
  Math.max(200, Math.ceil((3 * 1440) / cadenceMinutes));

/** All kinds in random order, each as often as its count. */
export function deckOf(random: Random): Kind[] {
  return kinds
    .flatMap((kind) => Array.from({ length: kind.count }, () => ({ kind, key: random() })))
    .toSorted((a, b) => a.key - b.key)
    .map(({ kind }) => kind);
}

/** @param deck the kinds left; the next models draw from the rest */
export function planEvents(
  simulated: SimulatedModel,
  deck: Kind[],
  random: Random,
): readonly PlannedEvent[] {
  const { plan: model } = simulated;
  const slots = slotsOf(model);
  const drawn = Array.from({ length: eventsEach }, () => draw(deck, model)).filter(
    (kind) => kind !== undefined,
  );
  const lengths = drawn.map(({ lasts }) => oneOf(lasts, random));
  const busy = lengths.reduce((sum, length) => sum + length + gap, 0);
  const free = slots - warmUpOf(model) - busy;
  const cuts = drawn.map(() => random() * Math.max(0, free)).toSorted((a, b) => a - b);
  let at = warmUpOf(model);
  const events = drawn.map((kind, i): PlannedEvent => {
    const from = Math.floor(at + (cuts[i] ?? 0) - (i === 0 ? 0 : (cuts[i - 1] ?? 0)));
    at = from + lengths[i]! + gap;
    const features = leading(simulated, kind.concerns ?? 0, random);
    return { kind, from, to: from + lengths[i]!, features, size: oneOf(kind.sizes ?? [1], random) };
  });
  return events.filter(({ to }) => to < slots - 1);
}

/** The next kind that fits this model. */
function draw(deck: Kind[], { natural, kind }: ModelPlan): Kind | undefined {
  const place = deck.findIndex(
    (one) => (one.natural !== true || natural) && (one.unsigned !== true || kind === "absolute"),
  );
  return place < 0 ? undefined : deck.splice(place, 1)[0];
}

const oneOf = (list: readonly number[], random: Random): number =>
  list[Math.floor(random() * list.length)] ?? 1;

/** Features with enough attention: faults of the others are not measurable. */
function leading(model: SimulatedModel, count: number, random: Random): readonly number[] {
  const { nearZero } = model.plan;
  const attention = model.attention();
  const ranked = [...attention.keys()].toSorted((a, b) => attention[b]! - attention[a]!);
  const candidates = ranked.slice(
    0,
    Math.max(count, Math.ceil(0.6 * (1 - nearZero) * ranked.length)),
  );
  return Array.from({ length: count }, () =>
    candidates.splice(Math.floor(random() * candidates.length), 1),
  ).flat();
}

/** The name of a feature. */
export const name = (i: number): string => `f${String(i).padStart(2, "0")}`;
