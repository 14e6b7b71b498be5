/** Computes what each sensitivity would have meant on given rows, and which one fits a budget. No effects. */
import { type Sensitivity, sensitivities } from "../../detectors/preset.ts";
import type { LeftOut } from "./left-out.ts";
import { type DetectionOptions, type ReplayInput, replayRows } from "./replay.ts";
import {
  countBySource,
  simulateIncidents,
  type WhatIfCounts,
  type WhatIfOptions,
} from "./what-if.ts";

export interface TuningOptions {
  readonly input: ReplayInput;
  readonly detectionOf: (sensitivity: Sensitivity) => DetectionOptions;
  readonly incidents: Omit<WhatIfOptions, "sinceMs">;
  /** Only what opened in this time before the newest row counts, ms. */
  readonly lastMs?: number | undefined;
  /** Tickets a week that are welcome; undefined: no recommendation. */
  readonly budget?: number | undefined;
}

export interface TuningOutcome extends WhatIfCounts {
  readonly sensitivity: Sensitivity;
  /** Opened or reopened: either asks for somebody's attention. */
  readonly tickets_a_week: number;
  readonly runs_a_week: number;
}

export interface TuningAdvice {
  /** The most sensitive setting within the budget; null when none is, or no budget is given. */
  readonly sensitivity: Sensitivity | null;
  readonly budget_tickets_a_week: number | null;
  readonly weeks: number;
  readonly models: number;
  readonly rows: number;
  /** Rows that are part of no attribution, by reason; together at most `rows`. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Rows whose importance is NULL, NaN or infinite. */
  readonly without_number: number;
  /** Rows with a name that held controls or marks of direction, and is read without them. */
  readonly names_cleaned: number;
}

export interface Tuning {
  /** Quietest first. */
  readonly outcomes: readonly TuningOutcome[];
  readonly advice: TuningAdvice;
  readonly leftOut: LeftOut;
  readonly attributions: number;
}

const weekUs = 604_800_000_000;

/** @throws FileError DW_CLI_FILE; SourceError */
export async function tune(options: TuningOptions): Promise<Tuning> {
  const { input, incidents, budget, lastMs = Number.POSITIVE_INFINITY } = options;
  const replays = await replayRows(input, sensitivities.map(options.detectionOf));
  const { engine, newest, oldest: first, leftOut, withoutNumber } = replays[0]!;
  const oldest = Math.max(first, newest - lastMs * 1000);
  const weeks = Number.isFinite(newest - oldest) ? (newest - oldest) / weekUs : 0;
  const sourceModels = countBySource([...engine.models()].map(({ model }) => model));
  const outcomes = replays.map(({ events }, i): TuningOutcome => {
    const whatIf = { ...incidents, sourceModels, sinceMs: oldest / 1000 };
    const counts = simulateIncidents(events, whatIf);
    return {
      sensitivity: sensitivities[i]!,
      ...counts,
      tickets_a_week: aWeek(counts.tickets + counts.reopened, weeks),
      runs_a_week: aWeek(counts.runs, weeks),
    };
  });
  const advice = {
    sensitivity: budget === undefined ? null : fitting(outcomes, budget),
    budget_tickets_a_week: budget ?? null,
    weeks: Number(weeks.toFixed(2)),
    models: [...engine.models()].length,
    rows: replays[0]!.rows,
    left_out: leftOut.counts(),
    without_number: withoutNumber,
    names_cleaned: replays[0]!.namesCleaned,
  };
  return { outcomes, advice, leftOut, attributions: engine.counters.attributions };
}

const aWeek = (count: number, weeks: number): number =>
  weeks > 0 ? Number((count / weeks).toFixed(2)) : 0;

function fitting(outcomes: readonly TuningOutcome[], budget: number): Sensitivity | null {
  return outcomes.findLast((outcome) => outcome.tickets_a_week <= budget)?.sensitivity ?? null;
}
