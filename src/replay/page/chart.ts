/** Line charts of shares over time as inline SVG: no script, colours from the page's style. */
import { escapeHtml } from "../../html.ts";
import {
  axisOf,
  bandPath,
  linePath,
  type PlotAxis,
  type PlotPoint,
  type PlotScale,
  thinned,
} from "../../plot.ts";
import { shortDay, shortTime } from "./markup.ts";
import type { FeatureHistory, ShareHistory } from "./share-recorder.ts";

export interface ChartMark {
  readonly from: number;
  /** Microseconds; undefined while it is open. */
  readonly to: number | undefined;
  readonly label: string;
  readonly title: string;
  /** Where a click leads. */
  readonly href?: string;
}

export interface Chart {
  readonly history: ShareHistory;
  /** At most six, each with its own colour. */
  readonly features: readonly string[];
  /** Microseconds. */
  readonly from: number;
  readonly to: number;
  /** Whether the expected band of the first feature is shown. */
  readonly banded?: boolean;
  readonly marks: readonly ChartMark[];
  readonly height: number;
}

export const width = 1000;
export const margin = { left: 52, right: 8, top: 34, bottom: 22 };
const innerWidth = width - margin.left - margin.right;

export function chartSvg(chart: Chart): string {
  const lines = chart.features.map((feature) => pointsOf(chart, feature, "share"));
  const [first] = chart.banded === true ? chart.features : [];
  const ends = first === undefined ? [] : bandOf(chart, first);
  const axis = axisOf([...lines, ...ends].flat().map(({ value }) => value));
  const scale = scaleOf(chart, axis.step * axis.steps);
  const rows = labelRows(chart, scale);
  const drawn = lines.map(
    (points, i) => `<path class="line c${i}" d="${linePath(points, scale)}"/>`,
  );
  return [
    `<svg viewBox="0 0 ${width} ${chart.height}" role="img" aria-label="${escapeHtml(aria(chart))}">`,
    ...yAxis(scale, axis),
    ...xAxis(chart, scale),
    bandSvg(ends, scale),
    ...chart.marks.map((mark, i) => markSvg(mark, chart, { ...scale, row: rows[i] ?? 0 })),
    // The first feature is the subject of the chart, so its line is on top.
    ...drawn.toReversed(),
    "</svg>",
  ].join("");
}

const aria = ({ features, from, to }: Chart): string =>
  `shares of ${features.join(", ")} from ${shortTime(from)} to ${shortTime(to)}`;

export interface Scale extends PlotScale {
  readonly bottom: number;
}

export function scaleOf(
  { from, to, height }: Pick<Chart, "from" | "to" | "height">,
  top: number,
): Scale {
  const bottom = height - margin.bottom;
  const span = Math.max(to - from, 1);
  return {
    x: (us) => margin.left + (innerWidth * (Math.min(Math.max(us, from), to) - from)) / span,
    y: (share) => bottom - ((bottom - margin.top) * share) / top,
    bottom,
  };
}

function pointsOf(
  { history, from, to }: Chart,
  feature: string,
  of: keyof FeatureHistory,
): readonly PlotPoint[] {
  const shares = history.features.get(feature)?.[of];
  const all = history.times.flatMap((time, i) => {
    const value = shares?.[i] ?? Number.NaN;
    return time >= from && time <= to ? [{ time, value }] : [];
  });
  return thinned(all);
}

const known = ({ value }: PlotPoint): boolean => Number.isFinite(value);

/** Lower and upper end where both are known. */
function bandOf(
  chart: Chart,
  feature: string,
): readonly [readonly PlotPoint[], readonly PlotPoint[]] {
  return [
    pointsOf(chart, feature, "low").filter(known),
    pointsOf(chart, feature, "high").filter(known),
  ];
}

function bandSvg([low = [], high = []]: readonly (readonly PlotPoint[])[], scale: Scale): string {
  const path = bandPath(low, high, scale);
  return path === "" ? "" : `<path class="band" d="${path}"><title>expected</title></path>`;
}

function markSvg(
  { from, to, label, title, href }: ChartMark,
  chart: Chart,
  scale: Scale & { readonly row: number },
): string {
  const left = scale.x(from);
  const right = Math.max(scale.x(to ?? chart.to), left + 2);
  const box = `<rect class="mark" x="${left.toFixed(1)}" width="${(right - left).toFixed(1)}" y="${margin.top}" height="${scale.bottom - margin.top}"><title>${escapeHtml(title)}</title></rect>`;
  const edge = `<line class="edge" x1="${left.toFixed(1)}" x2="${left.toFixed(1)}" y1="${margin.top}" y2="${scale.bottom}"/>`;
  const up = 5 + 13 * scale.row;
  const text = `<text class="label" x="${left.toFixed(1)}" y="${margin.top - up}">${escapeHtml(label)}</text>`;
  const all = box + edge + text;
  return href === undefined ? all : `<a href="${escapeHtml(href)}">${all}</a>`;
}

/** Two rows of labels, so that close ones can both be read. */
function labelRows({ marks }: Chart, { x }: Scale): readonly number[] {
  const ends = [0, 0];
  return marks.map(({ from, label }) => {
    const left = x(from);
    const row = left >= ends[0]! || ends[0]! <= ends[1]! ? 0 : 1;
    ends[row] = left + 8 * label.length + 4;
    return row;
  });
}

function yAxis({ y }: Scale, { step, steps }: PlotAxis): readonly string[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = y(i * step).toFixed(1);
    const text = `${Number((i * step * 100).toPrecision(3))} %`;
    return `<line class="grid" x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}"/><text class="tick" text-anchor="end" x="${margin.left - 6}" y="${at}" dy="0.32em">${text}</text>`;
  });
}

function xAxis({ from, to }: Chart, { x, bottom }: Scale): readonly string[] {
  const days = (to - from) / 86_400_000_000;
  const text = days > 5 ? shortDay : shortTime;
  return [0, 1, 2, 3, 4, 5, 6].map((i) => {
    const time = from + ((to - from) * i) / 6;
    const anchor = i === 0 ? "start" : i === 6 ? "end" : "middle";
    return `<text class="tick" text-anchor="${anchor}" x="${x(time).toFixed(1)}" y="${bottom + 16}">${text(time)}</text>`;
  });
}
