/**
 * Draws the picture of a ticket as SVG. For each feature it shows the normal band, the observed values, the start of
 * the episode, and announced changes. It has its own background, so it looks the same on light and dark pages.
 */
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
import { oneLine } from "../text.ts";
import { fitted, plain, widthOf } from "./fitted-text.ts";
import type { Picture, PicturePanel } from "./picture.ts";
import { shortTime } from "./sparkline.ts";
import { leftToRight } from "./text-direction.ts";
import { timeTicks } from "./time-ticks.ts";

export const pictureWidth = 1100;
const side = { left: 92, right: 28 };
const top = 84;
const bottom = 84;
const labelHeight = 34;
const fontFamily = "DejaVu Sans";
/** Height of each panel by the number of panels, px. */
const heights = [300, 180, 150, 130];

const colour = {
  paper: "#ffffff",
  edge: "#d0d7de",
  text: "#1f2328",
  soft: "#59636e",
  grid: "#e4e8ec",
  band: "#b6dcff",
  line: "#0a3d7c",
  wrong: "#d1242f",
  change: "#7a3fc4",
} as const;

export function pictureSvg(picture: Picture): string {
  const height = heights[Math.min(picture.panels.length, heights.length) - 1]!;
  const each = height + labelHeight;
  const whole = top + picture.panels.length * each + bottom;
  const panels = picture.panels.map((panel, i) =>
    panelSvg(panel, picture, { y: top + i * each + labelHeight, height }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${whole}" viewBox="0 0 ${pictureWidth} ${whole}" font-family="${fontFamily}">`,
    `<rect x="0.5" y="0.5" width="${pictureWidth - 1}" height="${whole - 1}" rx="8" fill="${colour.paper}" stroke="${colour.edge}"/>`,
    textSvg({ x: 24, y: 38, size: 21, bold: true }, picture.title, pictureWidth - 48),
    textSvg({ x: 24, y: 64, size: 16, fill: colour.soft }, subtitle(picture), pictureWidth - 48),
    ...panels,
    ...timeAxis(picture, whole - bottom),
    legend(picture, whole - 20),
    "</svg>",
  ].join("");
}

const subtitle = ({ measure, from, to }: Picture): string =>
  `${measure}, ${shortTime(from)} to ${shortTime(to)} UTC`;

interface Lettering {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly fill?: string;
  readonly bold?: boolean;
  readonly anchor?: "start" | "middle" | "end";
}

/** @param room available width, px; a wider text is shortened */
function textSvg(
  { x, y, size, fill = colour.text, bold = false, anchor = "start" }: Lettering,
  text: string,
  room: number,
): string {
  const weight = bold ? ' font-weight="bold"' : "";
  const shown = escapeHtml(leftToRight(fitted(text, { size, room, bold })));
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}>${shown}</text>`;
}

interface Place {
  readonly y: number;
  readonly height: number;
}

function panelSvg(panel: PicturePanel, picture: Picture, { y, height }: Place): string {
  const observed = pointsOf(panel.values, ({ value }) => value);
  const [low, high] = bandOf(panel);
  const axis = axisOf(
    [...observed, ...low, ...high].map(({ value }) => value * panel.scale),
    0.01,
  );
  const scale = scaleOf(picture, axis, { y, height });
  const shown = (us: number): number => scale.x(Math.max(us, picture.from));
  const line = thinned(observed);
  const scaled = (points: readonly PlotPoint[]): readonly PlotPoint[] =>
    points.map(({ time, value }) => ({ time, value: value * panel.scale }));
  const since = shown(panel.since);
  const room = pictureWidth - side.left - side.right;
  return [
    panelLabel(panel, y - 12, room),
    `<g class="panel"><rect class="episode" x="${since.toFixed(1)}" y="${y}" width="${Math.max(pictureWidth - side.right - since, 3).toFixed(1)}" height="${height}" fill="${colour.wrong}" opacity="0.2"/>`,
    `<line class="onset" x1="${since.toFixed(1)}" x2="${since.toFixed(1)}" y1="${y}" y2="${y + height}" stroke="${colour.wrong}" stroke-width="2.5"/>`,
    ...valueAxis(panel, axis, scale),
    `<path class="band" d="${bandPath(scaled(low), scaled(high), scale)}" fill="${colour.band}" opacity="0.75"/>`,
    ...changesSvg(picture, scale, { y, height }),
    `<path class="observed" d="${linePath(scaled(line), scale)}" fill="none" stroke="${colour.line}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"/>`,
    ...dotsSvg(panel, scale),
    "</g>",
  ].join("");
}

/**
 * The label of a panel. Only its name is shortened. Figures that take more than two thirds of the line get a smaller
 * font.
 */
function panelLabel({ label, figures }: PicturePanel, y: number, room: number): string {
  const size = 17;
  const gap = 12;
  const numbers = plain(figures);
  const smaller = Math.min(1, (room * 2) / 3 / widthOf(numbers, size));
  const left = room - gap - smaller * widthOf(numbers, size);
  const name = fitted(oneLine(label, 80) || "(empty)", { size, room: left, bold: true });
  return `<text x="${side.left}" y="${y}" font-size="${size}" fill="${colour.text}"><tspan font-weight="bold">${escapeHtml(leftToRight(name))}</tspan><tspan dx="${gap}" font-size="${(smaller * size).toFixed(1)}" fill="${colour.soft}">${escapeHtml(numbers)}</tspan></text>`;
}

function pointsOf(
  values: PicturePanel["values"],
  of: (value: PicturePanel["values"][number]) => number | undefined,
): readonly PlotPoint[] {
  return values.map((value) => ({ time: value.at, value: of(value) ?? Number.NaN }));
}

/** The lower and upper ends of a band, without gaps. */
type Ends = readonly [low: readonly PlotPoint[], high: readonly PlotPoint[]];

/** The band: before the episode the learned one, from its start on the one that the ticket names. */
function bandOf({ values, told, since }: PicturePanel): Ends {
  const known = values.flatMap(({ at, low, high }) => {
    const band = told !== undefined && (at >= since || low === undefined) ? told : { low, high };
    return band.low === undefined || band.high === undefined
      ? []
      : [{ at, low: band.low, high: band.high }];
  });
  const ends = (end: "low" | "high") =>
    thinned(known.map((one) => ({ time: one.at, value: one[end] })));
  return known.length === 1 ? [[], []] : [ends("low"), ends("high")];
}

interface PanelScale extends PlotScale {
  readonly left: number;
}

function scaleOf({ from, to }: Picture, { low, step, steps }: PlotAxis, at: Place): PanelScale {
  const room = pictureWidth - side.left - side.right;
  const end = at.y + at.height;
  return {
    left: side.left,
    x: (us) => side.left + (room * (us - from)) / Math.max(to - from, 1),
    y: (value) => end - (at.height * (value - low)) / (step * steps),
  };
}

function valueAxis(
  { suffix }: PicturePanel,
  { low, step, steps }: PlotAxis,
  scale: PanelScale,
): readonly string[] {
  return Array.from({ length: steps + 1 }, (_, i) => {
    const value = low + i * step;
    const y = scale.y(value);
    const grid = `<line x1="${side.left}" x2="${pictureWidth - side.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${colour.grid}"/>`;
    const place = {
      x: side.left - 8,
      y: y + 5,
      size: 14,
      fill: colour.soft,
      anchor: "end" as const,
    };
    return grid + textSvg(place, `${readTick(value)}${suffix}`, side.left - 12);
  });
}

function readTick(value: number): string {
  const short = Number(value.toPrecision(3));
  return Math.abs(short) >= 1e5 ? short.toExponential() : short.toLocaleString("en-US");
}

/** Dots for the newest 60 values beyond the ticket's band since the start; a single observation is always a dot. */
function dotsSvg({ values, told, since, scale: unit }: PicturePanel, scale: PlotScale) {
  const known = values.filter(({ value }) => Number.isFinite(value));
  const beyond = known.filter(
    ({ at, value }) => at >= since && (told === undefined || value < told.low || value > told.high),
  );
  const shown = known.length === 1 ? known : beyond.slice(-60);
  return shown.map(({ at, value }) => {
    const [x, y] = [scale.x(at), scale.y(value * unit)];
    return `<circle class="beyond" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="6" fill="${colour.wrong}" stroke="${colour.paper}" stroke-width="1"/>`;
  });
}

function changesSvg({ changes }: Picture, { x }: PlotScale, { y, height }: Place) {
  return changes.map(({ at }) => {
    const place = x(at).toFixed(1);
    return `<line class="change" x1="${place}" x2="${place}" y1="${y}" y2="${y + height}" stroke="${colour.change}" stroke-width="2.4" stroke-dasharray="7 5"/>`;
  });
}

function timeAxis({ from, to }: Picture, y: number): readonly string[] {
  const room = pictureWidth - side.left - side.right;
  const ticks = timeTicks(from, to).map(({ at, text }) => {
    const x = side.left + (room * (at - from)) / (to - from);
    return textSvg({ x, y: y + 20, size: 14, fill: colour.soft, anchor: "middle" }, text, 120);
  });
  const name = { x: pictureWidth - side.right, y: y + 42, size: 14, fill: colour.soft };
  return [...ticks, textSvg({ ...name, anchor: "end" }, "time of day, UTC", 300)];
}

/** The meaning of each mark, with the name of the newest change. */
function legend({ panels, changes }: Picture, y: number): string {
  const since = panels.reduce((first, panel) => Math.min(first, panel.since), Infinity);
  const change = changes.at(-1);
  const entries: readonly (readonly [mark: string, text: string, end?: string])[] = [
    [`<rect x="0" y="-11" width="22" height="12" fill="${colour.band}"/>`, "normal"],
    [`<path d="M0 -5H22" stroke="${colour.line}" stroke-width="4"/>`, "observed"],
    [
      `<rect x="0" y="-11" width="22" height="12" fill="${colour.wrong}" opacity="0.3"/>`,
      "not normal since",
      shortTime(since),
    ],
    ...(change === undefined
      ? []
      : [
          [
            `<path d="M11 -13V3" stroke="${colour.change}" stroke-width="2.4" stroke-dasharray="5 3"/>`,
            change.what,
            shortTime(change.at),
          ] as const,
        ]),
  ];
  const size = 14;
  let x = side.left;
  return entries
    .map(([mark, text, time]) => {
      const end = time === undefined ? "" : ` ${time}`;
      const room = pictureWidth - side.right - x - 30 - widthOf(end, size);
      const name = fitted(text, { size, room, bold: false });
      const group = `<g transform="translate(${x.toFixed(1)} ${y})">${mark}<text x="30" y="0" font-size="${size}" fill="${colour.text}">${escapeHtml(leftToRight(name) + end)}</text></g>`;
      x += 50 + widthOf(name + end, size);
      return group;
    })
    .join("");
}
