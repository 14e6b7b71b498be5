/** Remembers the rows of a replay, for charts: every model's attributions as shares, by time. */
import type { ModelKey } from "../../stream/model-key.ts";
import type { Row } from "../../stream/record.ts";

/** Rows further apart belong to different attributions, microseconds; as `assembly_window` is by default. */
const attributionUs = 60_000_000;

/** One model over time. */
export interface ShareHistory {
  /** Of each attribution, ascending, microseconds since 1970. */
  readonly times: readonly number[];
  /** Feature → its share of each attribution, NaN where it is absent. */
  readonly shares: ReadonlyMap<string, Float32Array>;
}

/** 24 bytes a row. */
export class Recording {
  readonly #models = new Map<ModelKey, Row[]>();

  take(model: ModelKey, row: Row): void {
    const rows = this.#models.get(model);
    if (rows === undefined) this.#models.set(model, [row]);
    else rows.push(row);
  }

  models(): readonly ModelKey[] {
    return [...this.#models.keys()];
  }

  historyOf(model: ModelKey): ShareHistory {
    const rows = (this.#models.get(model) ?? []).filter(({ ts }) => Number.isFinite(ts));
    const attributions = assembled(rows.toSorted((a, b) => a.ts - b.ts));
    const names = new Set(attributions.flatMap(({ values }) => [...values.keys()]));
    const shares = new Map(
      [...names].map((name) => [name, new Float32Array(attributions.length).fill(Number.NaN)]),
    );
    for (const [i, { values }] of attributions.entries()) {
      const total = [...values.values()].reduce((sum, value) => sum + finite(value), 0) || 1;
      for (const [name, value] of values) shares.get(name)![i] = Math.abs(value) / total;
    }
    return { times: attributions.map(({ ts }) => ts), shares };
  }
}

interface Attribution {
  readonly ts: number;
  readonly values: Map<string, number>;
}

/** @param rows in order of time; an attribution ends where a feature comes again or its time is over */
function assembled(rows: readonly Row[]): readonly Attribution[] {
  const all: Attribution[] = [];
  for (const { ts, feature, importance } of rows) {
    const open = all.at(-1);
    const fits = open !== undefined && ts - open.ts <= attributionUs && !open.values.has(feature);
    if (fits) open.values.set(feature, importance);
    else all.push({ ts, values: new Map([[feature, importance]]) });
  }
  return all;
}

const finite = (value: number): number => (Number.isFinite(value) ? Math.abs(value) : 0);
