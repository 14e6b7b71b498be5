/** Draws plots as SVG files that follow the reader's light or dark theme, in the style of the replay's page. */
import { escapeHtml } from "../src/html.ts";
import { style } from "../src/replay/page/style.ts";

const own = `
text { font: 12px system-ui, sans-serif; fill: var(--text); } .soft { fill: var(--soft); }
.title { font-size: 14px; font-weight: 600; } .ours { fill: var(--c0); } .peer { fill: var(--c5); } .rest { fill: var(--rule); }
`;

/** A complete SVG file. */
export function svgFile(
  { width, height }: { readonly width: number; readonly height: number },
  body: string,
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><style>${style}${own}</style>${body}</svg>\n`;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** Length of the background of the bar. Default: `most`. */
  readonly of?: number;
  /** Text at the end of the bar. */
  readonly text: string;
  readonly peer?: boolean;
}

const line = 22;
const nameWidth = 230;
const barWidth = 420;

/** Horizontal bars from 0, one below the other. */
export function barPlot(title: string, bars: readonly Bar[], most: number): string {
  const drawn = bars.map(({ name, value, of = most, text, peer = false }, i) => {
    const y = 46 + i * line;
    const long = (part: number): string => ((barWidth * Math.max(part, 0)) / most).toFixed(1);
    return [
      `<text x="${nameWidth}" y="${y}" text-anchor="end">${escapeHtml(name)}</text>`,
      `<rect class="rest" opacity=".5" x="${nameWidth + 10}" y="${y - 11}" width="${long(of)}" height="14"/>`,
      `<rect class="${peer ? "peer" : "ours"}" x="${nameWidth + 10}" y="${y - 11}" width="${long(value)}" height="14"/>`,
      `<text class="soft" x="${nameWidth + 18 + Number(long(Math.max(of, value)))}" y="${y}">${escapeHtml(text)}</text>`,
    ].join("");
  });
  const size = { width: nameWidth + barWidth + 110, height: 46 + bars.length * line };
  return svgFile(size, titled(title) + drawn.join(""));
}

const titled = (title: string): string =>
  `<text class="title" x="12" y="22">${escapeHtml(title)}</text>`;

export interface Dot {
  readonly name: string;
  readonly x: number;
  /** 0..1 */
  readonly y: number;
  readonly peer?: boolean;
}

const plane = { left: 60, top: 56, width: 700, height: 330 };

/** Dots over a logarithmic x from 0.03 to 30. Smaller values are drawn at the edge. */
export function dotPlot(
  title: string,
  dots: readonly Dot[],
  axes: { readonly x: string; readonly y: string },
): string {
  const [from, to] = [Math.log10(0.03), Math.log10(30)];
  const x = (value: number): number =>
    plane.left + (plane.width * (Math.log10(Math.max(value, 0.03)) - from)) / (to - from);
  const y = (value: number): number => plane.top + plane.height * (1 - value);
  const bottom = plane.top + plane.height;
  const right = plane.left + plane.width;
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (at) =>
      `<line class="grid" x1="${plane.left}" x2="${right}" y1="${y(at)}" y2="${y(at)}"/><text class="soft" text-anchor="end" x="${plane.left - 8}" y="${y(at) + 4}">${at}</text>`,
  );
  const ticks = [0.03, 0.1, 0.3, 1, 3, 10, 30].map(
    (at) =>
      `<text class="soft" text-anchor="middle" x="${x(at).toFixed(1)}" y="${bottom + 18}">${at}</text>`,
  );
  const drawn = dots.map(
    ({ name, x: at, y: high, peer = false }) =>
      `<circle class="${peer ? "peer" : "ours"}" cx="${x(at).toFixed(1)}" cy="${y(high).toFixed(1)}" r="${peer ? 4 : 6}"/><text x="${(x(at) + 9).toFixed(1)}" y="${(y(high) + 4).toFixed(1)}">${escapeHtml(name)}</text>`,
  );
  const named = [
    `<text class="soft" text-anchor="end" x="${right}" y="${bottom + 38}">${escapeHtml(axes.x)}</text>`,
    `<text class="soft" x="12" y="38">${escapeHtml(axes.y)}</text>`,
  ];
  const size = { width: right + 210, height: bottom + 50 };
  return svgFile(size, titled(title) + [...grid, ...ticks, ...named, ...drawn].join(""));
}
