/**
 * Renders SVG as PNG by an optional package, in a thread of its own. Its font is a package too, not one of the machine.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { renderAsync as RenderAsync } from "@resvg/resvg-js";

/** The size of the image is that of the drawing, times this. */
const zoom = 1.5;
const fonts = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** The caller bounds how many are rendered at once, and how long one may take. */
export type RenderPng = (svg: string) => Promise<Buffer>;

interface Packages {
  readonly renderAsync: typeof RenderAsync;
  readonly fontFiles: readonly string[];
}

/** @returns undefined where the packages are not installed, or have no binary for this machine */
export async function pngRenderer(): Promise<RenderPng | undefined> {
  const packages = await load().catch(() => undefined);
  return packages && (async (svg) => render(svg, packages));
}

async function load(): Promise<Packages> {
  const { renderAsync } = await import("@resvg/resvg-js");
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
  return { renderAsync, fontFiles: fonts.map((name) => join(folder, name)) };
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
