/** `driftwarden tune`: what each sensitivity would have meant on rows you already have. No effects. */
import type { Sensitivity } from "../../detectors/preset.ts";
import { type DetectionOptions, type ReplayInput, replayRows } from "../replay/replay.ts";
import { simulateIncidents, type WhatIfCounts, type WhatIfOptions } from "../replay/what-if.ts";
import type { LineOutput } from "./line-output.ts";

export interface TuneOptions {
  readonly input: ReplayInput;
  readonly detectionOf: (sensitivity: Sensitivity) => DetectionOptions;
  readonly incidents: Omit<WhatIfOptions, "sinceMs">;
  /** Only what opened in this time before the newest row counts, ms. */
  readonly lastMs?: number;
  /** Tickets a week that are welcome; undefined: no recommendation. */
  readonly budget?: number;
  readonly json?: boolean;
}

/** Quietest first. */
const sensitivities = ["low", "normal", "high"] as const;

const weekUs = 604_800_000_000;

interface Outcome extends WhatIfCounts {
  readonly sensitivity: Sensitivity;
  /** Opened or reopened: either asks for somebody's attention. */
  readonly tickets_a_week: number;
  readonly runs_a_week: number;
}

interface Advice {
  /** The most sensitive setting within the budget; null when none is, or no budget is given. */
  readonly sensitivity: Sensitivity | null;
  readonly budget_tickets_a_week: number | null;
  readonly weeks: number;
  readonly models: number;
  readonly rows: number;
}

/** @throws FileError DW_CLI_FILE; SourceError */
export async function runTune(options: TuneOptions, io: LineOutput): Promise<void> {
  const replays = await replayRows(options.input, sensitivities.map(options.detectionOf));
  const [first] = replays;
  if (first === undefined) return;
  const newest = first.newest;
  const oldest = Math.max(
    first.oldest,
    newest - (options.lastMs ?? Number.POSITIVE_INFINITY) * 1000,
  );
  const weeks = Number.isFinite(newest - oldest) ? (newest - oldest) / weekUs : 0;
  const outcomes = replays.map(({ events }, i): Outcome => {
    const sinceMs = oldest / 1000;
    const foreseen = simulateIncidents(events, { ...options.incidents, sinceMs });
    return {
      sensitivity: sensitivities[i]!,
      ...foreseen,
      tickets_a_week: aWeek(foreseen.tickets + foreseen.reopened, weeks),
      runs_a_week: aWeek(foreseen.runs, weeks),
    };
  });
  const { budget } = options;
  const advice: Advice = {
    sensitivity: budget === undefined ? null : fitting(outcomes, budget),
    budget_tickets_a_week: budget ?? null,
    weeks: Number(weeks.toFixed(2)),
    models: [...first.engine.models()].length,
    rows: first.engine.counters.rows,
  };
  print({ outcomes, advice }, options.json === true ? jsonLines : sentences, io);
}

const aWeek = (count: number, weeks: number): number =>
  weeks > 0 ? Number((count / weeks).toFixed(2)) : 0;

function fitting(outcomes: readonly Outcome[], budget: number): Sensitivity | null {
  return outcomes.findLast((outcome) => outcome.tickets_a_week <= budget)?.sensitivity ?? null;
}

interface Told {
  readonly outcomes: readonly Outcome[];
  readonly advice: Advice;
}

function print(told: Told, linesOf: (told: Told) => readonly string[], io: LineOutput): void {
  for (const line of linesOf(told)) io.stdout(line);
}

const jsonLines = ({ outcomes, advice }: Told): readonly string[] => [
  ...outcomes.map((outcome) => JSON.stringify(outcome)),
  JSON.stringify({ advice }),
];

function sentences({ outcomes, advice }: Told): readonly string[] {
  const rows = outcomes.map((outcome) => [
    outcome.sensitivity,
    outcome.tickets_a_week,
    outcome.runs_a_week,
    outcome.tickets,
    outcome.reopened,
    outcome.episodes,
    outcome.runs,
    outcome.observed,
    outcome.denied,
  ]);
  const heads = ["", "tickets/week", "runs/week", "opened", "reopened", "episodes"];
  const table = [[...heads, "runs", "observed", "denied"], ...rows];
  const { models, rows: count, weeks } = advice;
  return [
    `${count} rows of ${models} models over ${weeks} weeks${weeks < 2 ? "; too little to rely on" : ""}`,
    ...table.map((cells) =>
      cells
        .map((cell, i) => pad(String(cell), i))
        .join("  ")
        .trimEnd(),
    ),
    ...advised(advice),
  ];
}

const pad = (text: string, column: number): string =>
  column === 0 ? text.padEnd(6) : text.padStart(column < 3 ? 12 : 8);

function advised({ sensitivity, budget_tickets_a_week: budget }: Advice): readonly string[] {
  if (budget === null) return [];
  const wish = `${Number(budget.toFixed(2))} tickets a week`;
  if (sensitivity !== null) {
    return [`within ${wish}: set detection.sensitivity to ${sensitivity}`];
  }
  const quiet = "detection.sensitivity: low, and look at what opens the most: driftwarden replay";
  return [`no setting stays within ${wish}; the quietest is ${quiet}`];
}
