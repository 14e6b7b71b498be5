/** The sentences and JSON lines of `driftwarden tune`. */

import { overrideYaml } from "../config/override-yaml.ts";
import type { EpisodeOpened } from "../detection/event.ts";
import { modelName } from "../model-key.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import { formatTime } from "../replay/cells.ts";
import type { OpensMost, ProposedOverride } from "../replay/opens-most.ts";
import type { Tuning, TuningAdvice, TuningOutcome } from "../replay/tune.ts";
import type { WhatIfTicket } from "../replay/what-if.ts";
import { type Accounted, rowSentences } from "./accounting.ts";

/** More tickets than this are counted, not listed. */
const mostListed = 5;
const mostModels = 3;

export const accountedIn = ({ advice, leftOut }: Tuning): Accounted => ({
  rows: advice.rows,
  leftOut,
  withoutNumber: advice.without_number,
  cleaned: advice.names_cleaned,
});

/** A setting a line, the advice last. */
export function jsonLines(tuning: Tuning): readonly string[] {
  const { outcomes, advice, changes, opensMost, proposal } = tuning;
  const settings = outcomes.map((outcome) => {
    const { added = [], lost = [] } = changes.get(outcome.sensitivity) ?? {};
    return JSON.stringify({ ...outcome, added: added.map(jsonOf), lost: lost.map(jsonOf) });
  });
  const models = opensMost.map(({ model, tickets, features }) => ({
    model: modelName(model).model,
    tickets,
    features: Object.fromEntries(features),
  }));
  const override = proposal === undefined ? null : proposal.override;
  const compared = { compared_with: tuning.current, opens_most: models, override };
  return [...settings, JSON.stringify({ advice: { ...advice, ...compared } })];
}

function jsonOf({ isReopened, episodes }: WhatIfTicket) {
  const first = episodes[0]!;
  return {
    model: modelName(first.model).model,
    start: formatTime(first.at),
    kind: first.kind,
    feature: first.features[0]?.feature ?? null,
    reopened: isReopened,
    episodes: episodes.length,
  };
}

export function sentences(tuning: Tuning): readonly string[] {
  const { outcomes, advice, proposal } = tuning;
  const { models, rows: count, weeks } = advice;
  return [
    `${counted(count, "row")} of ${counted(models, "model")} over ${counted(weeks, "week")}${weeks < 2 ? "; too little to rely on" : ""}`,
    ...rowSentences(accountedIn(tuning)),
    ...table(outcomes),
    ...expected(tuning),
    ...most(tuning),
    ...changed(tuning),
    ...(proposal === undefined ? [] : proposed(proposal)),
    ...advised(advice),
  ];
}

function table(outcomes: readonly TuningOutcome[]): readonly string[] {
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
    outcome.mails,
  ]);
  const heads = ["", "tickets/week", "runs/week", "opened", "reopened", "episodes"];
  return [[...heads, "runs", "observed", "denied", "mails"], ...rows].map((cells) =>
    cells
      .map((cell, i) => pad(String(cell), i))
      .join("  ")
      .trimEnd(),
  );
}

const allOf = (models: number): string =>
  models === 1 ? "of the one model" : `all ${models} models together`;

const pad = (text: string, column: number): string =>
  column === 0 ? text.padEnd(6) : text.padStart(column < 3 ? 12 : 8);

function expected({ outcomes, advice: { models } }: Tuning): readonly string[] {
  const known = outcomes.flatMap(({ sensitivity, false_episodes_expected_a_week: count }) =>
    count === null ? [] : `${sensitivity} ${count}`,
  );
  if (known.length === 0) return [];
  return [
    `false episodes to expect a week, ${allOf(models)}: ${known.join(", ")} (at least twice what was measured on other models)`,
  ];
}

function most({ opensMost, current }: Tuning): readonly string[] {
  const all = opensMost.reduce((sum, { tickets }) => sum + tickets, 0);
  if (all === 0) return [];
  const named = opensMost.slice(0, mostModels).map((one) => mostOf(one));
  return [printable(`opens most at ${current}, of ${counted(all, "ticket")}: ${named.join("; ")}`)];
}

function mostOf({ model, tickets, features }: OpensMost): string {
  const blamed = features.slice(0, 3).map(([feature, count]) => `${feature} ${count}`);
  const named = blamed.length === 0 ? "" : ` (first blamed: ${blamed.join(", ")})`;
  return `${shownModel(model)} ${tickets}${named}`;
}

const shownModel = (model: string): string => modelName(model).model || "the model";

function changed({ changes, current }: Tuning): readonly string[] {
  return [...changes].flatMap(([sensitivity, { added, lost }]) => {
    if (added.length + lost.length === 0)
      return [`${sensitivity} instead of ${current}: the same tickets`];
    return [
      `${sensitivity} instead of ${current}: ${counted(added.length, "ticket")} more, ${lost.length} fewer`,
      ...listed("+", added),
      ...listed("-", lost),
    ];
  });
}

function listed(sign: string, tickets: readonly WhatIfTicket[]): readonly string[] {
  const lines = tickets.slice(0, mostListed).map(({ isReopened, episodes }) => {
    const again = isReopened ? ", reopened" : "";
    return printable(`  ${sign} ${ticketText(episodes[0]!)}${again}`);
  });
  const more = tickets.length - lines.length;
  return more > 0 ? [...lines, `  ${sign} and ${more} more; --json lists all`] : lines;
}

function ticketText({ at, model, kind, features }: EpisodeOpened): string {
  const [first] = features;
  const of = first === undefined ? "" : ` of ${first.feature}`;
  return `${formatTime(at)} ${shownModel(model)}: ${kind}${of}`;
}

function proposed({ model, tickets, all, left, override }: ProposedOverride): readonly string[] {
  const name = shownModel(model);
  return [
    printable(
      `${name} opens ${tickets} of ${counted(all, "ticket")}. This override would leave about ${left} of them, and the other models as they are:`,
    ),
    ...overrideYaml(override).map((line) => `  ${line}`),
  ];
}

function advised({ sensitivity, budget_tickets_a_week: budget }: TuningAdvice): readonly string[] {
  if (budget === null) return [];
  const budgetText = `${counted(Number(budget.toFixed(2)), "ticket")} a week`;
  if (sensitivity !== null) {
    return [`within ${budgetText}: set detection.sensitivity to ${sensitivity}`];
  }
  const quiet = "detection.sensitivity: low, and look at what opens the most: driftwarden replay";
  return [`no setting stays within ${budgetText}; the quietest is ${quiet}`];
}
