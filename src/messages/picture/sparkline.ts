/** The picture as a few lines of text, for places that cannot show a picture. */
import { oneLine } from "../text.ts";
import type { Picture, PicturePanel } from "./picture.ts";

const blocks = "▁▂▃▄▅▆▇█";
const width = 40;
const nameLength = 32;

/**
 * One line for each feature, oldest value first. `·` means that nothing was observed. The last line is the time range.
 */
export function sparklines(picture: Picture): readonly string[] {
  const { panels, from, to } = picture;
  const names = panels.map(({ label }) => oneLine(label, nameLength) || "(empty)");
  const longest = names.reduce((most, name) => Math.max(most, Array.from(name).length), 0);
  const lines = panels.map(({ figures, ...panel }, i) => {
    const name = names[i]!.padEnd(longest + names[i]!.length - Array.from(names[i]!).length);
    return `${name}  ${sparkline(panel, picture)}  ${figures}`;
  });
  return [...lines, `${" ".repeat(longest)}  ${shortTime(from)} to ${shortTime(to)} UTC`];
}

function sparkline(
  { values }: Pick<PicturePanel, "values">,
  { from, to }: Pick<Picture, "from" | "to">,
): string {
  const means = Array.from({ length: width }, (_, column) => meanIn(values, column, { from, to }));
  const most = means.reduce((top, mean) => Math.max(top, Math.abs(mean) || 0), 0);
  return means
    .map((mean) => {
      if (Number.isNaN(mean)) return "·";
      const height = most === 0 ? 0 : Math.max(mean, 0) / most;
      return blocks[Math.min(Math.floor(height * blocks.length), blocks.length - 1)];
    })
    .join("");
}

function meanIn(
  values: PicturePanel["values"],
  column: number,
  { from, to }: Pick<Picture, "from" | "to">,
): number {
  const each = (to - from) / width;
  const own = values.filter(({ at, value }) => {
    const place = Math.min(Math.floor((at - from) / each), width - 1);
    return place === column && Number.isFinite(value);
  });
  return own.reduce((sum, { value }) => sum + value, 0) / own.length;
}

/** `26 Nov 20:47` */
export function shortTime(us: number): string {
  const [, day = "", month = "", time = ""] =
    /^\w+, (\d+) (\w+) \d+ (\d\d:\d\d)/.exec(new Date(us / 1000).toUTCString()) ?? [];
  return `${Number(day)} ${month} ${time}`;
}
