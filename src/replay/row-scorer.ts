/** Scores the rows of a table: by one detector alone, or by all detectors with rules and decision. */
import { noCounts } from "../detection/attribution/counts.ts";
import { WatchedModel } from "../detection/model.ts";
import {
  type DecisionSettings,
  type DetectorUse,
  defaultDecision,
  defaultSource,
} from "../detection/settings.ts";
import { WorkspacePool } from "../detection/workspace.ts";

export interface ScoredRow {
  /** 1.0 is the boundary; undefined while warming up. */
  readonly score: number | undefined;
  /** Whether an episode opens at this row. */
  readonly opens: boolean;
}

/** One row of a table. */
export interface TableRow {
  /** One value per feature, undefined where it is absent. */
  readonly values: readonly (number | undefined)[];
  /** Microseconds since 1970; undefined where the table has no time. */
  readonly time: number | undefined;
}

export type RowScorer = (row: TableRow) => ScoredRow;

/** Scores every row by one detector, then learns it. `opens` is true where the score crosses the boundary upwards. */
export function soleScorer({ type, params }: DetectorUse, nFeatures: number): RowScorer {
  const bytes = new Uint8Array(type.stateBytes(params, nFeatures));
  const detector = type.create(params, { nFeatures, bytes });
  const x = new Float64Array(nFeatures);
  const scores = new Float64Array(nFeatures);
  let beyond = false;
  return ({ values, time }) => {
    for (let i = 0; i < nFeatures; i++) {
      const value = values[i] ?? Number.NaN;
      x[i] = Number.isFinite(value) ? value : Number.NaN;
    }
    const score = detector.scoreOne(x, scores, time);
    detector.learnOne(x, time);
    const before = beyond;
    beyond = (score ?? 0) >= 1;
    return { score, opens: beyond && !before };
  };
}

export interface RuledOptions {
  readonly names: readonly string[];
  readonly detectors: readonly DetectorUse[];
  readonly decision: Partial<DecisionSettings>;
}

/**
 * Processes rows as attributions of a model, without assembly, transform and ticks. If the table has no time, the time
 * is the row's number. A row that is not later than the previous one counts as just after it.
 */
export function ruledScorer({ names, detectors, decision }: RuledOptions): RowScorer {
  const source = { ...defaultSource, transform: "none" } as const;
  const settings = {
    detectors,
    source: () => source,
    // Nobody is asked about the episodes of a table.
    decision: { ...defaultDecision, lasting: "accepted" as const, ...decision },
    maxModels: 1,
    maxNewModelsPerHour: 1,
    maxFeatures: names.length,
    retireAfterUs: Number.POSITIVE_INFINITY,
  };
  const context = { settings, pool: new WorkspacePool(), counts: noCounts(), history: undefined };
  const model = new WatchedModel("table", context, "table");
  let ts = 0;
  return ({ values, time }) => {
    ts = Math.max(ts + 1, time ?? 0);
    for (const [i, feature] of names.entries()) {
      const importance = values[i];
      if (importance !== undefined) model.take({ ts, feature, importance, tid: i });
    }
    model.finish();
    const opens = model.takeEvents().some(({ type }) => type === "episode_opened");
    return { score: model.facts.lastAt === ts ? rankedScore(model) : undefined, opens };
  };
}

/**
 * The deciding detectors' score, or what an advisory one contributes if that is larger.
 *
 *     score = max(deciding, w / (1 + w))     w: the highest score of any detector
 *
 * The second term is always below 1, so an advisory detector never crosses the boundary. It orders rows that the
 * deciding detectors score low.
 */
function rankedScore({ score, facts }: WatchedModel): number | undefined {
  if (score === undefined) return undefined;
  const seen = Math.max(0, ...facts.scores.map(({ score: one }) => one ?? 0));
  return Math.max(score, seen / (1 + seen));
}
