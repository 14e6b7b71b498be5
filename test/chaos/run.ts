/**
 * `npm run chaos -- --faults N --seed S [--stream kafka|postgres] [--only KIND,…] [--json]`: two daemons, faults drawn by
 * the seed, three oracles. Exit 1 on any difference.
 */
import { parseArgs } from "node:util";
import { chaos } from "./chaos.ts";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    stream: { type: "string", default: "postgres" },
    only: { type: "string" },
    dist: { type: "string", default: new URL("../../dist", import.meta.url).pathname },
    json: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const { result, wrong } = await chaos({
  faults: Number(values.faults),
  seed: Number(values.seed),
  stream: values.stream === "kafka" ? "kafka" : "postgres",
  dist: values.dist,
  ...(values.only !== undefined && { only: values.only.split(",") }),
  say,
});
for (const line of wrong) say(`WRONG ${line}`);
process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
