/** The score of a model over time as inline SVG, on one scale for all models: up to three times the boundary. */
import { columns } from "../../plot.ts";
import { margin, scaleOf, width } from "./chart.ts";
import type { ShareHistory } from "./share-recorder.ts";

/** Higher scores are drawn at this height. */
const most = 3;
const height = 110;

/** The highest score of each column; a gap where there is none. */
export function scoreSvg(
  history: ShareHistory,
  { from, to }: { readonly from: number; readonly to: number },
): string {
  const { x, y } = scaleOf({ from, to, height }, most);
  const ticks = [0, 1, most].map((score) => {
    const at = y(score).toFixed(1);
    return `<line class="${score === 1 ? "boundary" : "grid"}" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text class="tick" text-anchor="end" x="${margin.left - 6}" y="${at}" dy="0.32em">${score}</text>`;
  });
  let path = "";
  let isDrawing = false;
  for (const { time, score } of highest(history, { from, to })) {
    if (score !== undefined)
      path += `${isDrawing ? "L" : "M"}${x(time).toFixed(1)} ${y(Math.min(score, most)).toFixed(1)}`;
    isDrawing = score !== undefined;
  }
  const name = `<text class="tick" x="${margin.left}" y="${margin.top - 12}">score; 1 is the boundary, above ${most} is drawn at ${most}</text>`;
  return `<svg class="score" viewBox="0 0 ${width} ${height}" role="img" aria-label="score, 1 is the boundary">${name}${ticks.join("")}<path class="line c5" d="${path}"/></svg>`;
}

interface Point {
  readonly time: number;
  readonly score: number | undefined;
}

function highest(
  { times, scores }: ShareHistory,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Point[] {
  const all = times.flatMap((time, i): readonly Point[] => {
    const score = scores[i]!;
    if (time < from || time > to) return [];
    return [{ time, score: Number.isNaN(score) ? undefined : score }];
  });
  const each = Math.max(1, Math.ceil(all.length / columns));
  const count = Math.ceil(all.length / each);
  return Array.from({ length: count }, (_, i) => highestOf(all.slice(i * each, (i + 1) * each)));
}

const highestOf = (points: readonly Point[]): Point =>
  points.reduce((top, point) => ((point.score ?? -1) > (top.score ?? -1) ? point : top));
