/**
 * `npm run chaos -- --faults N --seed S [--stream kafka|postgres] [--docker] [--executor] [--only KIND] [--json]`: two
 * daemons, faults drawn by the seed, three oracles. Exit 1 on any difference.
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { chaos } from "./chaos.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** @throws Error that says which option is meant */
function asked() {
  const { values } = parseArgs({
    options: {
      faults: { type: "string", default: "50" },
      seed: { type: "string", default: "1" },
      stream: { type: "string", default: "postgres" },
      docker: { type: "boolean", default: false },
      executor: { type: "boolean", default: false },
      only: { type: "string", multiple: true },
      dist: { type: "string", default: new URL("../../dist", import.meta.url).pathname },
      json: { type: "boolean", default: false },
    },
  });
  const { stream } = values;
  if (stream !== "kafka" && stream !== "postgres") {
    throw new Error(`--stream takes kafka or postgres, not ${stream}`);
  }
  const faults = wholeNumber("--faults", values.faults);
  return { ...values, stream, faults, seed: wholeNumber("--seed", values.seed) } as const;
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`${option} takes a whole number, not ${text}`);
}

async function run({ docker, only, json, ...rest }: ReturnType<typeof asked>): Promise<void> {
  const { result, wrong } = await chaos({
    ...rest,
    docker: docker ? "engine" : "double",
    ...(only !== undefined && { only }),
    say,
  });
  for (const line of wrong) say(`WRONG ${line}`);
  process.stdout.write(`${JSON.stringify(result, null, json ? 0 : 2)}\n`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

let options: ReturnType<typeof asked> | undefined;
try {
  options = asked();
} catch (error) {
  say(`error: ${messageOf(error)}`);
  process.exitCode = 2;
}
if (options !== undefined) await run(options);
