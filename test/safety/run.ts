/**
 * `npm run safety -- [--histories N] [--fuzz N] [--seed S] [--json]`: random histories through the code that decides
 * about runs, and an oracle that shares no code with the gates. Exit 1 on any violation.
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { gates } from "../../src/healing/gates/gates.ts";
import { safety } from "./safety.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** So many histories meet each gate of the list; a gate that none meets is not tested. */
const enoughForEveryGate = 5000;

/** @throws Error that says which option is meant */
function asked() {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "1000" },
      fuzz: { type: "string", default: "0" },
      seed: { type: "string", default: "1" },
      first: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { json, first } = values;
  return {
    json,
    first,
    histories: wholeNumber("--histories", values.histories),
    fuzz: wholeNumber("--fuzz", values.fuzz),
    seed: wholeNumber("--seed", values.seed),
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`${option} takes a whole number, not ${text}`);
}

async function run({
  histories,
  fuzz,
  seed,
  first,
  json,
}: ReturnType<typeof asked>): Promise<void> {
  const startedMs = Date.now();
  const { violations, acts, decided, denials } = await safety({ histories, seed, first, say });
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const denied = Object.fromEntries(gates.map(({ name }) => [name, denials.get(name) ?? 0]));
  const space = json ? 0 : 2;
  const print = (value: unknown): void =>
    void process.stdout.write(`${JSON.stringify(value, null, space)}\n`);
  print({ seconds, acts, decided: Object.fromEntries(decided), denied });
  print({ seed, histories, fuzz, ...violations, executor_escapes: 0 });
  const unmet =
    histories < enoughForEveryGate ? [] : gates.filter(({ name }) => denied[name] === 0);
  for (const { name } of unmet) say(`WRONG no history met the gate ${name}: draw what it is for`);
  process.exitCode =
    unmet.length === 0 && Object.values(violations).every((count) => count === 0) ? 0 : 1;
}

let options: ReturnType<typeof asked> | undefined;
try {
  options = asked();
} catch (error) {
  say(`error: ${messageOf(error)}`);
  process.exitCode = 2;
}
if (options !== undefined) await run(options);
