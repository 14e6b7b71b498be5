/** Computes the result of each sensitivity on given rows, and which one fits a budget. No effects. */
import { type Sensitivity, sensitivities } from "../../detectors/preset.ts";
import type { LeftOut } from "./left-out.ts";
import { type OpensMost, opensMost, type ProposedOverride, proposeOverride } from "./opens-most.ts";
import { type DetectionOptions, type ReplayInput, replayRows } from "./replay.ts";
import { expectedFalse } from "./report.ts";
import { type SettingTickets, ticketsBeyond } from "./ticket-difference.ts";
import {
  countBySource,
  simulateTickets,
  type WhatIfCounts,
  type WhatIfOptions,
  type WhatIfTicket,
} from "./what-if.ts";

export interface TuningOptions {
  readonly input: ReplayInput;
  readonly detectionOf: (sensitivity: Sensitivity) => DetectionOptions;
  readonly incidents: Omit<WhatIfOptions, "sinceMs">;
  /** Only episodes that opened in this time before the newest row count, ms. */
  readonly lastMs?: number | undefined;
  /** The budget of tickets a week; undefined: no recommendation. */
  readonly budget?: number | undefined;
  /** The setting in force, with which the others are compared. Default: normal. */
  readonly current?: Sensitivity | undefined;
}

/** The tickets that another setting adds or loses. */
export interface TicketChanges {
  /** Tickets that the setting in force does not open. */
  readonly added: readonly WhatIfTicket[];
  /** Tickets of the setting in force that this one does not open. */
  readonly lost: readonly WhatIfTicket[];
}

export interface TuningOutcome extends WhatIfCounts {
  readonly sensitivity: Sensitivity;
  /** Opened or reopened: either asks for somebody's attention. */
  readonly tickets_a_week: number;
  readonly runs_a_week: number;
  /** The expected number for all models together; null if nothing was measured. */
  readonly false_episodes_expected_a_week: number | null;
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
  /** Rows with a name that is read without its control characters or direction marks. */
  readonly names_cleaned: number;
}

export interface Tuning {
  /** Quietest first. */
  readonly outcomes: readonly TuningOutcome[];
  readonly advice: TuningAdvice;
  readonly leftOut: LeftOut;
  readonly attributions: number;
  readonly current: Sensitivity;
  /** By setting, without the one in force. */
  readonly changes: ReadonlyMap<Sensitivity, TicketChanges>;
  /** At the setting in force, models with most tickets first. */
  readonly opensMost: readonly OpensMost[];
  readonly proposal: ProposedOverride | undefined;
}

const weekUs = 604_800_000_000;

/** @throws FileError DW_CLI_FILE; SourceError */
export async function tune(options: TuningOptions): Promise<Tuning> {
  const { input, incidents, budget, lastMs = Number.POSITIVE_INFINITY } = options;
  const detection = sensitivities.map(options.detectionOf);
  const replays = await replayRows(input, detection);
  const { engine, newest, oldest: first, leftOut, withoutNumber } = replays[0]!;
  const oldest = Math.max(first, newest - lastMs * 1000);
  const weeks = Number.isFinite(newest - oldest) ? (newest - oldest) / weekUs : 0;
  const models = [...engine.models()].map(({ model }) => model);
  const whatIf = {
    ...incidents,
    sourceModels: countBySource(models),
    sinceMs: oldest / 1000,
    untilMs: newest / 1000,
  };
  const simulated = replays.map(({ events, episodes }) => ({
    ...simulateTickets(events, whatIf),
    episodes,
  }));
  const outcomes = simulated.map(({ counts }, i): TuningOutcome => {
    const falseAWeek = expectedFalse({ ...detection[i]!, sensitivity: sensitivities[i]! });
    return {
      sensitivity: sensitivities[i]!,
      ...counts,
      tickets_a_week: aWeek(counts.tickets + counts.reopened, weeks),
      runs_a_week: aWeek(counts.runs, weeks),
      false_episodes_expected_a_week:
        falseAWeek === null ? null : Number((falseAWeek * models.length).toFixed(2)),
    };
  });
  const advice = {
    sensitivity: budget === undefined ? null : fitting(outcomes, budget),
    budget_tickets_a_week: budget ?? null,
    weeks: Number(weeks.toFixed(2)),
    models: models.length,
    rows: replays[0]!.rows,
    left_out: leftOut.counts(),
    without_number: withoutNumber,
    names_cleaned: replays[0]!.namesCleaned,
  };
  const compared = comparedWith(options.current ?? "normal", simulated, models.length);
  const { attributions } = engine.counters;
  return { outcomes, advice, leftOut, attributions, ...compared };
}

type Compared = Pick<Tuning, "current" | "changes" | "opensMost" | "proposal">;

/** @param simulated in the order of the sensitivities */
function comparedWith(
  current: Sensitivity,
  simulated: readonly SettingTickets[],
  models: number,
): Compared {
  const at = (sensitivity: Sensitivity): SettingTickets =>
    simulated[sensitivities.indexOf(sensitivity)]!;
  const changes = sensitivities
    .filter((sensitivity) => sensitivity !== current)
    .map((sensitivity): [Sensitivity, TicketChanges] => {
      const added = ticketsBeyond(at(sensitivity), at(current));
      return [sensitivity, { added, lost: ticketsBeyond(at(current), at(sensitivity)) }];
    });
  const ticketsAt = {
    low: at("low").tickets,
    normal: at("normal").tickets,
    high: at("high").tickets,
  };
  return {
    current,
    changes: new Map(changes),
    opensMost: opensMost(at(current).tickets),
    proposal: proposeOverride({ current, ticketsAt, models }),
  };
}

const aWeek = (count: number, weeks: number): number =>
  weeks > 0 ? Number((count / weeks).toFixed(2)) : 0;

function fitting(outcomes: readonly TuningOutcome[], budget: number): Sensitivity | null {
  return outcomes.findLast((outcome) => outcome.tickets_a_week <= budget)?.sensitivity ?? null;
}
