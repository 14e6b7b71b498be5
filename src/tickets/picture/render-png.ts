/**
 * Renders SVG as PNG by an optional package, in a thread of its own. Its font is a package too, not one of the machine.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { renderAsync as RenderAsync } from "@resvg/resvg-js";
import type { HasLetter } from "../../messages/picture/numbered-names.ts";
import { fontLetters } from "./font-letters.ts";

/** The size of the image is that of the drawing, times this. */
const zoom = 1.5;
const fonts = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

export interface PngRenderer {
  /** The caller bounds how many are rendered at once, and how long one may take. */
  readonly render: (svg: string) => Promise<Buffer>;
  /** Whether one of the fonts has this character. */
  readonly hasLetter: HasLetter;
}

interface Packages {
  readonly renderAsync: typeof RenderAsync;
  readonly fontFiles: readonly string[];
  readonly letters: ReadonlySet<number>;
}

/** @returns undefined where the packages are not installed, or have no binary for this machine */
export async function pngRenderer(): Promise<PngRenderer | undefined> {
  const packages = await load().catch(() => undefined);
  if (packages === undefined) return undefined;
  return {
    render: (svg) => render(svg, packages),
    hasLetter: (letter) => packages.letters.has(letter.codePointAt(0) ?? 0),
  };
}

async function load(): Promise<Packages> {
  const { renderAsync } = await import("@resvg/resvg-js");
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const fontFiles = fonts.map((name) => join(folder, name));
  // Letters that the bold font lacks are drawn with the other font.
  const read = await Promise.all(fontFiles.map((file) => readFile(file)));
  const letters = new Set(read.flatMap((font) => [...fontLetters(font)]));
  return { renderAsync, fontFiles, letters };
}

async function render(svg: string, { renderAsync, fontFiles }: Packages): Promise<Buffer> {
  const rendered = await renderAsync(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles: [...fontFiles],
      defaultFontFamily: "DejaVu Sans",
    },
    fitTo: { mode: "zoom", value: zoom },
    logLevel: "off",
  });
  return rendered.asPng();
}
