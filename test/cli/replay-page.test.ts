import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { runReplay } from "../../src/cli/replay.ts";
import { csvSources } from "../../src/replay/csv-source.ts";
import { vectors } from "../detection/streams.ts";
import { fileWith } from "./files.ts";
import { csv, faulty, stream } from "./importance-files.ts";

async function pageOf(lines: readonly string[]): Promise<string> {
  const html = fileWith("page.html", "");
  const sources = csvSources([fileWith("rows.csv", csv(lines))]);
  await runReplay({ sources, detectorTypes, html }, { stdout: () => undefined });
  return readFileSync(html, "utf8");
}

/** Another that falls to nothing. */
const worse = stream("churn", (vector, i) => (i >= 300 && i < 320 ? { ...vector, f1: 0 } : vector));

/** Where the boundary is in the first chart of scores, and the heights of its line. */
function scoreLine(page: string) {
  const [svg = ""] = /<svg class="score".*?<\/svg>/s.exec(page) ?? [];
  const boundary = Number(/class="boundary"[^>]* y1="([\d.]+)"/.exec(svg)?.[1]);
  const [, path = ""] = /<path class="line c5" d="([^"]+)"/.exec(svg) ?? [];
  const heights = [...path.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  return { boundary, heights };
}

/** The parts of a path, without moves where there is a gap. */
const paths = (page: string): number => page.match(/<path class="line/g)?.length ?? 0;

describe("the page of a replay", () => {
  it("shows each episode with before, after, rank, band and reason, and a chart", async () => {
    const page = await pageOf(faulty);
    expect(page).toContain("<li><b>1</b>episode</li>");
    expect(page).toMatch(/<td>f1<\/td><td class="num">[\d.]+ % → [\d.]+ %<\/td>/);
    expect(page).toMatch(/<td class="num">\d+ → \d+<\/td><td class="num">[\d.]+ to [\d.]+ %<\/td>/);
    expect(page).toContain("f1 fell to");
    expect(page).toMatch(/<path class="band" d="M[\d. L]+Z">/);
    expect(paths(page)).toBeGreaterThan(2);
  });

  it("shows all features of an episode: who gained, who lost, and their ranks", async () => {
    const page = await pageOf(faulty);
    const [table = ""] = /<table class="all">.*?<\/table>/s.exec(page) ?? [];
    const rows = table.match(/<tr><td>/g)?.length;
    expect(rows).toBe(Object.keys(vectors(11)(0)).length);
    expect(table).toMatch(
      /<tr><td><b>f1<\/b><\/td><td class="num">[\d.]+ %<\/td><td class="num">[\d.]+ %<\/td><td class="num">−\d[\d.]+<\/td><td class="num">2 → \d+<\/td>/,
    );
    expect(table.indexOf("<b>f1</b>")).toBeLessThan(table.indexOf("<td>f0</td>"));
  });

  it("draws the score of each model on one scale, with the boundary at a third of it", async () => {
    const [one, two] = [await pageOf(faulty), await pageOf(worse)].map((page) => scoreLine(page));
    expect(one?.boundary).toBe(two?.boundary);
    // While the feature has collapsed the line is above its boundary, which is a smaller y.
    expect(Math.min(...one!.heights)).toBeLessThan(one!.boundary);
    expect(Math.min(...two!.heights)).toBeGreaterThanOrEqual(0);
  });

  it("groups the episodes of one cause, which would have shared a ticket", async () => {
    const both = ["eu", "us"].flatMap((name) => faulty.map((line) => line.replace("churn", name)));
    const page = await pageOf(both.toSorted());
    expect(page).toContain("Episodes that share a ticket");
    expect(page).toMatch(/<td>eu, us<\/td><td>shift<\/td><td>f1<\/td>/);
    expect(page).toContain('one ticket with <a href="#e2">2</a>');
    expect(await pageOf(faulty)).not.toContain("share a ticket");
  });

  it("needs nothing from elsewhere and runs no script", async () => {
    const page = await pageOf(faulty);
    expect(page).not.toMatch(/<script|<link|<img|https?:|@import|url\(|\son\w+=/i);
    expect(page).toContain("default-src 'none'");
    expect(page).toContain("prefers-color-scheme: dark");
  });

  it("escapes names that would be markup", async () => {
    const evil = `<b onx='1'>&amp;`;
    const page = await pageOf(
      faulty.map((line) => line.replace("churn", evil).replace(",f1,", `,${evil},`)),
    );
    expect(page).not.toContain("<b onx");
    expect(page).toContain("&lt;b onx=&#39;1&#39;&gt;&amp;amp;");
  });

  it("says of a history in which nothing happened that nothing would have been opened", async () => {
    const page = await pageOf(stream("churn", (vector) => vector));
    expect(page).toContain("<li><b>0</b>episodes</li>");
    expect(paths(page)).toBe(0);
  });

  it("stands rows that hold nothing to draw", async () => {
    const bad = ["2026-01-05T00:00:00Z,m,f1,NaN", "2026-01-05T00:00:00Z,m,f2,inf"];
    const lines = [...faulty, ...bad];
    expect(await pageOf(lines)).not.toContain("NaN");
  });

  it("says how many rows were left out, and why", async () => {
    const page = await pageOf([...faulty, "soon,churn,f1,0.1"]);
    expect(page).toContain("<li><b>1</b>left out: bad_timestamp</li>");
  });

  it("is refused where it cannot be written, before a row is read", async () => {
    const [source] = csvSources([fileWith("rows.csv", csv(faulty))]);
    let reads = 0;
    const read: NonNullable<typeof source>["read"] = (take) => {
      reads++;
      return source!.read(take);
    };
    const sources = [{ ...source!, read }];
    const html = "/nowhere/page.html";
    await expect(
      runReplay({ sources, detectorTypes, html }, { stdout: () => undefined }),
    ).rejects.toMatchObject({ code: "DW_CLI_FILE" });
    expect(reads).toBe(0);
  });
});
