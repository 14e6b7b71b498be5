/** Computes the vectors of one simulated model, as written and as they would be without any fault. */
import { gaussian } from "./daily-streams.ts";
import type { Moment, Random } from "./simulated-faults.ts";
import { type SimulatedModel, segments } from "./simulated-model.ts";
import { type PlannedEvent, slotsOf } from "./simulated-plan.ts";

export interface Slot {
  /** Seconds since the first vector. */
  readonly at: number;
  readonly event: PlannedEvent | undefined;
  /** The vector that the exporter writes, NaN for no row; undefined: it writes nothing. */
  readonly written: readonly number[] | undefined;
  /** The vector without any fault; then the vector of the model, before the exporter. */
  readonly healthy: readonly number[];
  readonly actual: readonly number[];
}

/** Takes about a second for a model of a month. */
export function vectorsOf(
  model: SimulatedModel,
  events: readonly PlannedEvent[],
  random: Random,
): readonly Slot[] {
  const { plan } = model;
  const population = new Population(model, random);
  const exporter = new Exporter(model, random);
  return Array.from({ length: slotsOf(plan) }, (_, slot) => {
    const at = slot * plan.cadenceMinutes * 60;
    const event = events.find(({ from, to }) => slot >= from && slot < to);
    const progress = event === undefined ? 0 : (slot - event.from + 1) / (event.to - event.from);
    const { rows, shifted } = population.window(at, event);
    return { at, event, ...exporter.export({ rows, shifted }, event, progress) };
  });
}

/** Selects the rows of a window: customers by weight, or the rows of that hour. */
class Population {
  readonly #model: SimulatedModel;
  readonly #random: Random;
  readonly #kinds: readonly { base: number; phase: number; weekend: number }[];
  #day = -1;
  #ofDay: readonly (readonly number[])[] = [];
  #drift: number[] = [];

  constructor(model: SimulatedModel, random: Random) {
    this.#model = model;
    this.#random = random;
    this.#kinds = Array.from({ length: segments }, () => ({
      base: 0.6 * gaussian(random),
      phase: 24 * random(),
      weekend: 0.4 * gaussian(random),
    }));
    this.#drift = this.#kinds.map(() => 0);
  }

  window(at: number, event: PlannedEvent | undefined) {
    const random = this.#random;
    const { rowsPerWindow, natural } = this.#model.plan;
    const hour = Math.floor(at / 3600) % 24;
    const day = Math.floor(at / 86_400);
    if (day !== this.#day) this.#newDay(day);
    this.#drift = this.#drift.map((one) => 0.98 * one + 0.03 * gaussian(random));
    const weekend = day % 7 >= 5 || event?.kind.population === "weekend";
    const factor =
      event?.kind.rows === undefined ? 1 : event.kind.rows[event.from % event.kind.rows.length]!;
    const traffic = (1 + 0.5 * Math.cos(((hour - 14) / 12) * Math.PI)) * (weekend ? 0.7 : 1);
    const n = Math.max(8, Math.round(rowsPerWindow * traffic * factor * (0.9 + 0.2 * random())));
    const draw = natural ? () => this.#ofHour(hour, weekend) : this.#byWeight(hour, weekend);
    const moved = event?.kind.population === "shifted";
    const rows = Array.from({ length: n }, () => this.#rowOf(draw()));
    const shifted = moved
      ? Array.from({ length: n }, () => this.#rowOf(this.#ofHour((hour + 6) % 24, weekend)))
      : rows;
    return { rows, shifted };
  }

  /** Every day has its own sample of customers. */
  #newDay(day: number): void {
    this.#day = day;
    this.#ofDay = this.#model.rowsOf.map((rows) => rows.filter(() => this.#random() < 0.6));
  }

  #rowOf(segment: number): number {
    const rows = this.#ofDay[segment]!;
    return rows[Math.floor(this.#random() * rows.length)] ?? segment;
  }

  #ofHour(hour: number, weekend: boolean): number {
    return weekend && this.#random() < 0.5 ? (hour + 3) % 24 : hour;
  }

  #byWeight(hour: number, weekend: boolean): () => number {
    let sum = 0;
    const upTo = this.#kinds.map(({ base, phase, weekend: more }, i) => {
      const wave = 0.5 * Math.cos(((hour - phase) / 12) * Math.PI);
      sum += Math.exp(base + wave + (weekend ? more : 0) + this.#drift[i]!);
      return sum;
    });
    return () => {
      const point = this.#random() * sum;
      return upTo.findIndex((edge) => point < edge);
    };
  }
}

/** Computes the written vector from the rows of a window. */
class Exporter {
  readonly #model: SimulatedModel;
  readonly #random: Random;
  #weights: Float64Array;
  /** Weights during the event, and the event. */
  #changed: { readonly event: PlannedEvent; readonly weights: Float64Array } | undefined;
  #before: readonly number[] = [];
  readonly #tables = new Map<Float64Array, Float64Array>();
  readonly #phi: Float64Array;
  readonly #other: Float64Array;
  readonly #x: Float64Array;

  constructor(model: SimulatedModel, random: Random) {
    this.#model = model;
    this.#random = random;
    this.#weights = model.weights;
    const n = model.plan.nFeatures;
    this.#phi = new Float64Array(n);
    this.#other = new Float64Array(n);
    this.#x = new Float64Array(n);
  }

  export(
    { rows, shifted }: { readonly rows: readonly number[]; readonly shifted: readonly number[] },
    event: PlannedEvent | undefined,
    progress: number,
  ): Pick<Slot, "written" | "healthy" | "actual"> {
    const moment = this.#moment(event, progress);
    const weights = this.#weightsIn(event, moment);
    const healthy = this.#vector(rows, { weights: event?.kind.stays ? weights : this.#weights });
    const isChanged = rows !== shifted || changesModel(event);
    const changed = { weights, ...changeOfInput(event, moment) };
    const actual = isChanged ? this.#vector(shifted, changed) : healthy;
    const written = this.#written(actual, event, moment);
    return { written, healthy, actual: written?.every(Number.isFinite) ? written : actual };
  }

  #moment(event: PlannedEvent | undefined, progress: number): Moment {
    const { features = [], size = 1 } = event ?? {};
    return { model: this.#model, features, size, progress, random: this.#random };
  }

  /** The vector that the exporter writes. */
  #written(
    actual: readonly number[],
    event: PlannedEvent | undefined,
    moment: Moment,
  ): ReturnType<NonNullable<PlannedEvent["kind"]["output"]>> {
    const change = event?.kind.output;
    const written = change === undefined ? [...actual] : change([...actual], this.#before, moment);
    if (event?.kind.kind !== "frozen") this.#before = written ?? this.#before;
    return written;
  }

  #weightsIn(event: PlannedEvent | undefined, moment: Moment): Float64Array {
    const change = event?.kind.weights;
    if (event === undefined || change === undefined) return this.#weights;
    if (this.#changed?.event !== event) {
      const weights = Float64Array.from(this.#weights);
      change(weights, moment);
      this.#changed = { event, weights };
      if (event.kind.stays === true) this.#weights = weights;
    }
    return this.#changed.weights;
  }

  #vector(
    rows: readonly number[],
    {
      weights,
      change,
    }: { readonly weights: Float64Array; readonly change?: (x: Float64Array) => void },
  ): number[] {
    const model = this.#model;
    const { kind, nFeatures: n } = model.plan;
    const sums = Array.from({ length: n }, () => 0);
    const unchanged = change === undefined ? this.#tableOf(weights) : undefined;
    const contributions = (row: number, into: Float64Array): Float64Array => {
      if (unchanged !== undefined) return unchanged.subarray(row * n, (row + 1) * n);
      this.#x.set(model.row(row));
      change?.(this.#x);
      model.contributions(this.#x, weights, into);
      return into;
    };
    const permuted = kind === "permutation";
    for (const row of rows) {
      const phi = contributions(row, this.#phi);
      const other = permuted
        ? contributions(rows[Math.floor(this.#random() * rows.length)]!, this.#other)
        : phi;
      const error = permuted ? 1.5 * gaussian(this.#random) : 0;
      for (let i = 0; i < n; i++) {
        const own = phi[i]!;
        const gone = other[i]! - own;
        sums[i]! +=
          kind === "absolute"
            ? Math.abs(own)
            : kind === "signed"
              ? own
              : gone * gone - 2 * gone * error;
      }
    }
    return sums.map((sum) => sum / rows.length);
  }

  /** The contributions of every row of the table with these weights. */
  #tableOf(weights: Float64Array): Float64Array {
    const known = this.#tables.get(weights);
    if (known !== undefined) return known;
    const model = this.#model;
    const n = model.plan.nFeatures;
    const table = new Float64Array(model.table.length);
    for (let at = 0; at < table.length; at += n) {
      model.contributions(model.row(at / n), weights, table.subarray(at, at + n));
    }
    this.#tables.set(weights, table);
    return table;
  }
}

const changesModel = (event: PlannedEvent | undefined): boolean =>
  event?.kind.input !== undefined || event?.kind.weights !== undefined;

function changeOfInput(
  event: PlannedEvent | undefined,
  moment: Moment,
): { readonly change?: (x: Float64Array) => void } {
  const input = event?.kind.input;
  return input === undefined ? {} : { change: (x) => input(x, moment) };
}
