/**
 * `npm run chaos -- --faults N --seed S [--stream kafka|postgres] [--docker] [--only KIND] [--json]`: two daemons,
 * faults drawn by the seed, three oracles. Exit 1 on any difference.
 */
import { parseArgs } from "node:util";
import { chaos } from "./chaos.ts";

const { values } = parseArgs({
  options: {
    faults: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    stream: { type: "string", default: "postgres" },
    docker: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    dist: { type: "string", default: new URL("../../dist", import.meta.url).pathname },
    json: { type: "boolean", default: false },
  },
});
/** @throws Error that says which option is meant */
function wholeNumber(name: "faults" | "seed"): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`--${name} takes a whole number, not ${values[name]}`);
}
const { stream } = values;
if (stream !== "kafka" && stream !== "postgres") {
  throw new Error(`--stream takes kafka or postgres, not ${stream}`);
}
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const { result, wrong } = await chaos({
  faults: wholeNumber("faults"),
  seed: wholeNumber("seed"),
  stream,
  dist: values.dist,
  docker: values.docker ? "engine" : "double",
  ...(values.only !== undefined && { only: values.only }),
  say,
});
for (const line of wrong) say(`WRONG ${line}`);
process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
