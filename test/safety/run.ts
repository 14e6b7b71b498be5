/**
 * `npm run safety -- [--histories N] [--fuzz N] [--seed S] [--stored N] [--first] [--json]`: random histories through the
 * code that decides about runs, and an oracle that shares no code with the gates. Exit 1 on any violation.
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { gates } from "../../src/healing/gates/gates.ts";
import { fuzzExecutor } from "./executor-fuzz.ts";
import { noViolations, type Violations } from "./oracle.ts";
import { play } from "./play.ts";
import { safety } from "./safety.ts";
import type { History } from "./steps.ts";

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
      stored: { type: "string" },
      first: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { json, first } = values;
  const histories = wholeNumber("--histories", values.histories);
  const stored = values.stored ?? String(Math.floor(histories / 100));
  return {
    json,
    first,
    histories,
    stored: wholeNumber("--stored", stored),
    fuzz: wholeNumber("--fuzz", values.fuzz),
    seed: wholeNumber("--seed", values.seed),
  };
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Error(`${option} takes a whole number, not ${text}`);
}

async function run(options: ReturnType<typeof asked>): Promise<void> {
  const { histories, fuzz, seed, json, stored } = options;
  const startedMs = Date.now();
  const inMemory = await safety({ ...options, say });
  const inStore = await onStore({ ...options, histories: stored, seed: seed + 1_000_000 });
  const fuzzed = await fuzzExecutor({ inputs: fuzz, seed, say });
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const { acts, decided, denials } = inMemory;
  const denied = Object.fromEntries(gates.map(({ name }) => [name, denials.get(name) ?? 0]));
  const print = (value: unknown): void =>
    void process.stdout.write(`${JSON.stringify(value, null, json ? 0 : 2)}\n`);
  print({
    seconds,
    acts,
    stored,
    decided: Object.fromEntries(decided),
    denied,
    executor_acts: fuzzed.acts,
  });
  const violations = added(inMemory.violations, inStore);
  const counts = { ...violations, executor_escapes: fuzzed.escapes };
  print({ seed, histories, fuzz, ...counts });
  const unmet =
    histories < enoughForEveryGate ? [] : gates.filter(({ name }) => denied[name] === 0);
  for (const { name } of unmet) say(`WRONG no history met the gate ${name}: draw what it is for`);
  process.exitCode =
    unmet.length === 0 && Object.values(counts).every((count) => count === 0) ? 0 : 1;
}

/** The same on a real store. @throws AssertionError where it answers otherwise than the memory does */
async function onStore({
  histories,
  seed,
  first,
}: Pick<ReturnType<typeof asked>, "histories" | "seed" | "first">): Promise<Violations> {
  if (histories === 0) return noViolations();
  const { openSafetyStore, storedLedger } = await import("./stored-ledger.ts");
  const { store, stop } = await openSafetyStore();
  try {
    const onReal = (history: History) => play(history, (memory) => storedLedger(store, memory));
    return (await safety({ histories, seed, first, say, play: onReal })).violations;
  } finally {
    await stop();
  }
}

function added(one: Violations, other: Violations): Violations {
  return {
    budget_violations: one.budget_violations + other.budget_violations,
    refused_target_acts: one.refused_target_acts + other.refused_target_acts,
    acts_without_intent: one.acts_without_intent + other.acts_without_intent,
    acts_without_approval: one.acts_without_approval + other.acts_without_approval,
  };
}

let options: ReturnType<typeof asked> | undefined;
try {
  options = asked();
} catch (error) {
  say(`error: ${messageOf(error)}`);
  process.exitCode = 2;
}
if (options !== undefined) await run(options);
