/** The table of all features at an episode: which gained, which lost and which did not move. */

import { ranksOf } from "../../detection/attribution/ranking.ts";
import type { EpisodeOpened } from "../../detection/event.ts";
import { escapeHtml } from "../../html.ts";
import type { ShareHistory } from "./share-recorder.ts";

/**
 * The usual share is the mean of this many attributions before the opening. The newest are left out: they may be part of
 * the fault.
 */
const usualOver = 36;
const leftOff = 3;
/** Most features in the table: further ones hardly moved. */
const mostListed = 40;

interface Moved {
  readonly feature: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly change: number;
}

/** Empty where the episode opened without an attribution, as silence does. */
export function allFeatures(
  { at, features: blamed }: Pick<EpisodeOpened, "at" | "features">,
  history: ShareHistory,
): string {
  const place = history.times.indexOf(at);
  if (place < 0) return "";
  const moved = movedAt(history, place);
  const before = ranksOf(moved.map((one) => one.before));
  const after = ranksOf(moved.map((one) => one.after));
  const order = [...moved.keys()].toSorted(
    (a, b) => Math.abs(moved[b]!.change) - Math.abs(moved[a]!.change),
  );
  const guilty = new Set(blamed.map(({ feature }) => feature));
  const rows = order.slice(0, mostListed).map((i) => {
    const one = moved[i]!;
    const name = escapeHtml(one.feature);
    const shown = guilty.has(one.feature) ? `<b>${name}</b>` : name;
    const ranks = `${before[i] ?? "–"} → ${after[i] ?? "–"}`;
    const cells = [percent(one.before), percent(one.after), signed(one.change), ranks];
    return `<tr><td>${shown}</td>${cells.map((cell) => `<td class="num">${cell}</td>`).join("")}</tr>`;
  });
  const more = moved.length - rows.length;
  const rest = more > 0 ? `<p class="soft">and ${more} more, which moved less</p>` : "";
  return `<table class="all"><thead><tr><th>feature</th><th class="num">usual</th><th class="num">at the opening</th><th class="num">gained or lost</th><th class="num">rank</th></tr></thead><tbody>${rows.join("")}</tbody></table>${rest}`;
}

function movedAt({ features }: ShareHistory, place: number): readonly Moved[] {
  return [...features].map(([feature, { share }]): Moved => {
    const past = [...share.subarray(Math.max(0, place - usualOver), Math.max(0, place - leftOff))];
    const known = past.filter(Number.isFinite);
    const before =
      known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
    const now = share[place]!;
    const after = Number.isFinite(now) ? now : undefined;
    return { feature, before, after, change: (after ?? 0) - (before ?? 0) };
  });
}

const percent = (part: number | undefined): string =>
  part === undefined ? "–" : `${(part * 100).toFixed(2)} %`;

function signed(change: number): string {
  const points = (Math.abs(change) * 100).toFixed(2);
  if (points === "0.00") return "0.00";
  return `${change > 0 ? "+" : "−"}${points}`;
}
