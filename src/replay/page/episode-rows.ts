/** The rows of the table of episodes, each with a chart of the time around it. */

import { figuresOf } from "../../detection/episode/figures.ts";
import type { BlamedFeature } from "../../detection/event.ts";
import { formatDuration } from "../../duration.ts";
import { escapeHtml } from "../../html.ts";
import { severityOf } from "../../incidents/severity.ts";
import type { ReplayedEpisode } from "../replay.ts";
import { allFeatures } from "./all-features.ts";
import { chartSvg } from "./chart.ts";
import { legend } from "./legend.ts";
import { shortTime } from "./markup.ts";
import { scoreSvg } from "./score-line.ts";
import type { ShareHistory } from "./share-recorder.ts";
import { linkTo } from "./ticket-groups.ts";

export interface NumberedEpisode extends ReplayedEpisode {
  /** Number of the episode on the page, from 1, in order of time. */
  readonly number: number;
  /** Numbers of the other episodes of its ticket. */
  readonly sharing?: readonly number[];
}

const named = 4;
const mostLinked = 8;
/** Attributions shown before and after an episode. */
const around = 36;
/** Only the first part of a longer episode is shown. */
const mostShown = 220;

export function episodeRows(episode: NumberedEpisode, history: ShareHistory): string {
  const { number, opened, closed } = episode;
  const [first, ...others] = opened.features.slice(0, named);
  const severity = severityOf(opened);
  const rows = Math.max(1, 1 + others.length);
  const lasted =
    closed === undefined ? "still open" : formatDuration((closed.at - opened.at) / 1000);
  const ended = closed === undefined ? "" : `, ${closed.cause}`;
  const span = rows === 1 ? "" : ` rowspan="${rows}"`;
  return [
    `<tr id="e${number}"><td class="num"${span}>${number}</td>`,
    `<td class="nowrap"${span}>${shortTime(opened.at)}<br><span class="soft">${lasted}${ended}</span></td>`,
    `<td${span}><span class="sev ${severity}">${severity}</span> ${escapeHtml(opened.kind)}</td>`,
    first === undefined ? `<td colspan="4" class="soft">the whole model</td>` : cells(first),
    `<td class="why"${span}>${escapeHtml(opened.reason)}${sharingText(episode)}</td></tr>`,
    ...others.map((feature) => `<tr>${cells(feature)}</tr>`),
    `<tr class="more"><td></td><td colspan="7"><details><summary>chart of the time around, and all features</summary>${zoom(episode, history)}${allFeatures(opened, history)}</details></td></tr>`,
  ].join("");
}

function sharingText({ sharing = [] }: NumberedEpisode): string {
  if (sharing.length === 0) return "";
  const links = sharing.slice(0, mostLinked).flatMap((number) => linkTo(number) ?? []);
  const more = sharing.length > mostLinked ? ` and ${sharing.length - mostLinked} more` : "";
  return `<br><span class="soft">one ticket with ${links.join(", ")}${more}</span>`;
}

function cells(blamed: BlamedFeature): string {
  const { feature, rankBefore, rankAfter } = blamed;
  const { move, normal } = figuresOf(blamed);
  return [
    `<td>${escapeHtml(feature)}</td>`,
    `<td class="num">${escapeHtml(move)}</td>`,
    `<td class="num">${rankBefore ?? "–"} → ${rankAfter ?? "–"}</td>`,
    `<td class="num">${escapeHtml(normal ?? "–")}</td>`,
  ].join("");
}

function zoom(episode: NumberedEpisode, history: ShareHistory): string {
  const { opened, closed } = episode;
  const [top] = opened.features;
  const blamed = opened.features.slice(0, named).map(({ feature }) => feature);
  const features = blamed.length > 0 ? blamed : largest(history, named);
  const bounded = top?.low !== undefined && top.high !== undefined;
  const chart = chartSvg({
    history,
    features,
    ...timeAround(episode, history),
    banded: bounded,
    marks: [{ from: opened.at, to: closed?.at, label: "opened", title: opened.reason }],
    height: 210,
  });
  const score = scoreSvg(history, timeAround(episode, history));
  return chart + score + legend(features, bounded ? `band: expected of ${features[0]}` : undefined);
}

function timeAround(
  { opened, closed }: NumberedEpisode,
  { times }: ShareHistory,
): { readonly from: number; readonly to: number } {
  const start = times.findIndex((time) => time >= opened.at);
  const first = start < 0 ? times.length - 1 : start;
  const end = closed === undefined ? times.length : times.findLastIndex((at) => at <= closed.at);
  const last = Math.min(Math.max(end, first) + around, first + mostShown, times.length - 1);
  return {
    from: times[Math.max(0, first - around)] ?? opened.at,
    to: Math.max(times[last] ?? opened.at, opened.at),
  };
}

/** Names of the features with the largest newest shares. */
export function largest({ features }: ShareHistory, count: number): readonly string[] {
  return [...features]
    .toSorted(([, a], [, b]) => newest(b.share) - newest(a.share))
    .slice(0, count)
    .map(([name]) => name);
}

const newest = (values: Float32Array): number =>
  values.findLast((value) => Number.isFinite(value)) ?? 0;
