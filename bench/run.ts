/** `npm run bench -- [section…] [--json]`: measures, and says whether what was promised holds. */
import { parseArgs } from "node:util";
import type { BenchLine } from "./line.ts";
import { benchPath } from "./path.ts";
import { benchSize } from "./size.ts";
import { benchSpeed } from "./speed.ts";
import { benchKafka } from "./stream.ts";

const sections: Readonly<Record<string, () => Promise<readonly BenchLine[]>>> = {
  speed: benchSpeed,
  size: benchSize,
  stream: benchKafka,
  path: benchPath,
};

const usage = `usage: npm run bench -- [${Object.keys(sections).join(" | ")}]… [--json]\n`;

/** @returns the exit code */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: { json: { type: "boolean" } },
  });
  const wanted = positionals.length > 0 ? positionals : Object.keys(sections);
  const { json, ...unknown } = values;
  if (Object.keys(unknown).length > 0 || !wanted.every((name) => Object.hasOwn(sections, name))) {
    process.stderr.write(usage);
    return 2;
  }
  const started = performance.now();
  const lines: BenchLine[] = [];
  const print = json === true ? printJson : printRow;
  for (const name of wanted) {
    const measured = (await sections[name]?.()) ?? [];
    for (const line of measured) print(line);
    lines.push(...measured);
  }
  print(summary(lines, (performance.now() - started) / 1000));
  return lines.every((line) => line.ok) ? 0 : 1;
}

function summary(lines: readonly BenchLine[], seconds: number): BenchLine {
  const value = lines.filter((line) => !line.ok).length;
  const name = `bounds broken, of ${lines.filter((line) => line.bound !== null).length}, in ${Math.round(seconds)} s`;
  return { section: "summary", name, value, unit: "bounds", bound: 0, ok: value === 0 };
}

function printJson(line: BenchLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function printRow({ section, name, value, unit, bound, ok }: BenchLine): void {
  const promised = bound === null ? "" : `bound ${bound}`;
  const verdict = ok ? "" : "  BROKEN";
  const columns = [section.padEnd(8), name.padEnd(84), String(value).padStart(9), unit.padEnd(12)];
  process.stdout.write(`${columns.join(" ")} ${promised}${verdict}`.trimEnd().concat("\n"));
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
