/** The page of `replay --html`: one file without scripts that loads nothing. */

import { escapeHtml } from "../../html.ts";
import { modelName } from "../../model-key.ts";
import { nounFor } from "../../plural.ts";
import type { LeftOut } from "../left-out.ts";
import type { ReplayedEpisode } from "../replay.ts";
import type { WhatIfTicket } from "../what-if.ts";
import { chartSvg } from "./chart.ts";
import { episodeRows, largest, type NumberedEpisode } from "./episode-rows.ts";
import { legend } from "./legend.ts";
import { longTime } from "./markup.ts";
import { scoreSvg } from "./score-line.ts";
import type { ShareHistory, ShareRecorder } from "./share-recorder.ts";
import { style } from "./style.ts";
import { groupTable, sharedWith } from "./ticket-groups.ts";

export interface PageInput {
  readonly recording: ShareRecorder;
  readonly episodes: readonly ReplayedEpisode[];
  /** Tickets that would have contained the episodes. */
  readonly tickets: readonly WhatIfTicket[];
  readonly rows: number;
  /** Rows whose importance is NULL, NaN or infinite. */
  readonly withoutNumber: number;
  readonly leftOut: LeftOut;
  readonly attributions: number;
  /** Episodes that opened before it do not count, microseconds; -Infinity: all count. */
  readonly since: number;
  /** The settings of the replay, in a few words. */
  readonly setting: string;
}

/** More lines than this in one chart cannot be told apart. */
const lines = 6;

interface ModelPart {
  readonly key: string;
  readonly name: string;
  readonly anchor: string;
  readonly history: ShareHistory;
  readonly episodes: readonly NumberedEpisode[];
  /** Most often blamed first. */
  readonly blamed: readonly string[];
}

export function replayPage(input: PageInput): string {
  const parts = partsOf(input);
  const numbers = new Map(
    parts.flatMap(({ episodes }) => episodes.map(({ opened, number }) => [opened.id, number])),
  );
  const shared = sharedWith(input.tickets, numbers);
  const eventful = parts.filter(({ episodes }) => episodes.length > 0);
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Driftwarden replay</title><style>${style}</style></head><body>`,
    "<h1>What Driftwarden would have opened</h1>",
    summary(input, parts),
    modelTable(parts),
    groupTable(input.tickets, numbers),
    ...eventful.map((part) => section(part, input, shared)),
    "</body></html>\n",
  ].join("\n");
}

function partsOf({ recording, episodes }: PageInput): readonly ModelPart[] {
  const ordered = recording
    .models()
    .map((key) => ({ key, own: episodes.filter(({ opened }) => opened.model === key) }))
    .toSorted((a, b) => b.own.length - a.own.length);
  let number = 0;
  return ordered.map(({ key, own }, i): ModelPart => {
    const numbered = own
      .toSorted((a, b) => a.opened.at - b.opened.at)
      .map((episode): NumberedEpisode => ({ ...episode, number: ++number }));
    const history = recording.historyOf(key);
    const { model: name } = modelName(key);
    const blamed = blamedIn(numbered);
    return { key, name, anchor: `m${i}`, history, episodes: numbered, blamed };
  });
}

function blamedIn(episodes: readonly NumberedEpisode[]): readonly string[] {
  const parts = new Map<string, number>();
  for (const { opened } of episodes) {
    for (const { feature, part } of opened.features) {
      parts.set(feature, (parts.get(feature) ?? 0) + part);
    }
  }
  return [...parts].toSorted(([, a], [, b]) => b - a).map(([feature]) => feature);
}

const lesser = (a: number, b: number): number => Math.min(a, b);
const larger = (a: number, b: number): number => Math.max(a, b);

function summary(
  { rows, withoutNumber, leftOut, attributions, episodes, setting }: PageInput,
  parts: readonly ModelPart[],
) {
  const from = parts.map(({ history: { times } }) => times[0] ?? Infinity).reduce(lesser, Infinity);
  const to = parts
    .map(({ history: { times } }) => times.at(-1) ?? -Infinity)
    .reduce(larger, -Infinity);
  const touched = parts.filter((part) => part.episodes.length > 0).length;
  const span = from > to ? "" : `${longTime(from)} to ${longTime(to)} UTC, `;
  return [
    `<p class="soft">${span}${escapeHtml(setting)}. Nothing was opened and nothing was restarted: this is what would have been.</p>`,
    '<ul class="facts">',
    fact(episodes.length, "episode"),
    fact(touched, "model with any", "models with any"),
    fact(parts.length, "model"),
    fact(attributions, "attribution"),
    fact(rows, "row"),
    ...(withoutNumber > 0
      ? [fact(withoutNumber, "row without a number", "rows without a number")]
      : []),
    ...[...leftOut.reasons].map(([reason, { rows: count }]) =>
      fact(count, `left out: ${reason}`, `left out: ${reason}`),
    ),
    "</ul>",
  ].join("");
}

const fact = (value: number, noun: string, plural?: string): string =>
  `<li><b>${value.toLocaleString("en")}</b>${nounFor(value, noun, plural)}</li>`;

function modelTable(parts: readonly ModelPart[]): string {
  const rows = parts.map(({ name, anchor, history, episodes, blamed }) => {
    const shown = escapeHtml(name || "the model");
    const linked = episodes.length > 0 ? `<a href="#${anchor}">${shown}</a>` : shown;
    const { length } = history.times;
    const named = escapeHtml(blamed.slice(0, 3).join(", ")) || "–";
    return `<tr><td>${linked}</td><td class="num">${episodes.length}</td><td class="num">${length}</td><td class="num">${history.features.size}</td><td>${named}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>model</th><th class="num">episodes</th><th class="num">attributions</th><th class="num">features</th><th>most to blame</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function section(
  { name, anchor, history, episodes, blamed }: ModelPart,
  { since }: PageInput,
  shared: ReturnType<typeof sharedWith>,
): string {
  const features = blamed.length > 0 ? blamed.slice(0, lines) : largest(history, lines);
  const first = history.times[0] ?? 0;
  const span = { from: Math.max(first, since), to: history.times.at(-1) ?? first };
  const chart = chartSvg({
    history,
    features,
    ...span,
    marks: episodes.map(({ number, opened, closed }) => ({
      from: opened.at,
      to: closed?.at,
      label: String(number),
      title: `${number}: ${opened.reason}`,
      href: `#e${number}`,
    })),
    height: 240,
  });
  const note = blamed.length > lines ? `and ${blamed.length - lines} more were blamed` : undefined;
  return [
    `<h2 id="${anchor}">${escapeHtml(name || "the model")}</h2>`,
    chart,
    scoreSvg(history, span),
    legend(features, note),
    '<div class="scroll"><table><thead><tr><th class="num">#</th><th>opened, lasted</th><th>what</th><th>to blame</th>',
    '<th class="num">share</th><th class="num">rank</th><th class="num">expected</th><th class="why">why</th></tr></thead><tbody>',
    ...episodes.map((episode) =>
      episodeRows({ ...episode, sharing: shared.get(episode.opened.id) ?? [] }, history),
    ),
    "</tbody></table></div>",
  ].join("");
}
