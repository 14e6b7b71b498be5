/** The figures of a replay: episodes, what was read, and how many false episodes to expect. */
import { isDeepStrictEqual } from "node:util";
import type { Sensitivity } from "../../detectors/preset.ts";
import { defaultDecision, type EngineSettings } from "../detection/settings.ts";
import type { LeftOut } from "./left-out.ts";
import type { ShareRecorder } from "./page/share-recorder.ts";
import {
  type DetectionOptions,
  type Replay,
  type ReplayedEpisode,
  type ReplayInput,
  replayRows,
} from "./replay.ts";
import {
  countBySource,
  simulateTickets,
  type WhatIfOptions,
  type WhatIfTicket,
} from "./what-if.ts";

export interface ReportOptions extends ReplayInput, DetectionOptions {
  /**
   * Only episodes that opened in this time before the newest row are reported, milliseconds. Older rows are only
   * learned.
   */
  readonly lastMs?: number | undefined;
  /** Settings of incidents: they decide which episodes share a ticket. Default: those of `run`. */
  readonly incidents?: Omit<WhatIfOptions, "sinceMs"> | undefined;
}

export interface ReplayReport {
  readonly episodes: readonly ReplayedEpisode[];
  /** Tickets that would have contained the episodes. */
  readonly tickets: readonly WhatIfTicket[];
  /** Episodes that opened before it are left out, microseconds. */
  readonly since: number;
  readonly summary: ReplaySummary;
  readonly leftOut: LeftOut;
}

export interface ReplaySummary {
  readonly rows: number;
  readonly attributions: number;
  readonly models: number;
  readonly episodes: number;
  /** New tickets that the daemon would have opened; episodes of one cause share one. */
  readonly tickets: number;
  readonly reopened: number;
  /** Mails to the watchers of these tickets, without those about results of runs. */
  readonly mails: number;
  /** Rows that are part of no attribution, by reason; together at most `rows`. */
  readonly left_out: Readonly<Record<string, number>>;
  /** Rows whose importance is NULL, NaN or infinite. */
  readonly without_number: number;
  /** Rows with a name that is read without its control characters or direction marks. */
  readonly names_cleaned: number;
  /** Null where nothing was measured. */
  readonly false_episodes_expected_per_model_week: number | null;
}

/**
 * At least twice the number measured on filed and simulated streams that were not used for tuning (at most 0.02, 0.17
 * and 0.78). New streams once had twice as many. At `low` the filed streams are too few to promise less.
 */
const falseEpisodes: Readonly<Record<Sensitivity, number>> = { low: 0.1, normal: 0.4, high: 1.6 };

/**
 * @param recording receives every attribution as it was judged, for the page with charts
 * @throws FileError DW_CLI_FILE; SourceError
 */
export async function replayReport(
  options: ReportOptions,
  recording?: ShareRecorder,
): Promise<ReplayReport> {
  const [replay] = await replayRows(options, [{ ...options, history: recording }]);
  const { engine, newest, episodes: found, leftOut, withoutNumber } = replay!;
  const since = newest - (options.lastMs ?? Number.POSITIVE_INFINITY) * 1000;
  const episodes = found.filter(({ opened }) => opened.at >= since);
  const { counts, tickets } = ticketsOf(replay!, { ...options, since });
  const summary = {
    rows: replay!.rows,
    attributions: engine.counters.attributions,
    models: [...engine.models()].length,
    episodes: episodes.length,
    tickets: counts.tickets,
    reopened: counts.reopened,
    mails: counts.mails,
    false_episodes_expected_per_model_week: expectedFalse(options),
    left_out: leftOut.counts(),
    without_number: withoutNumber,
    names_cleaned: replay!.namesCleaned,
  };
  return { episodes, tickets, since, summary, leftOut };
}

const usualIncidents = { resolveAfterMs: 900_000, reopenDurationMs: 604_800_000, fixes: [] };

function ticketsOf(
  { events, engine, newest }: Replay,
  { incidents = usualIncidents, since }: Pick<ReportOptions, "incidents"> & { since: number },
): ReturnType<typeof simulateTickets> {
  const sourceModels = countBySource(engine.modelKeys());
  const span = { sinceMs: since / 1000, untilMs: newest / 1000 };
  return simulateTickets(events, { ...incidents, ...span, sourceModels });
}

/** False episodes a model and week; null with other detectors, rules or overrides, for which nothing was measured. */
export function expectedFalse({ preset, sensitivity, engine }: DetectionOptions): number | null {
  const asMeasured = engine === undefined || (sensitivity !== undefined && isAsMeasured(engine));
  return asMeasured && preset !== "plain" ? falseEpisodes[sensitivity ?? "normal"] : null;
}

function isAsMeasured({
  detectors = [],
  decision,
  overrides = [],
}: Partial<EngineSettings>): boolean {
  const isChart = detectors.some(({ deciding, only }) => deciding && only === "parts");
  const isUsual = isDeepStrictEqual(decision, defaultDecision);
  return isChart && isUsual && overrides.length === 0;
}
