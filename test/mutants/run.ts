/**
 * `npm run mutants [-- --count N] [--seed S] [--only PART] [--known | --drawn] [--json]`: changes one condition, comparison or
 * return of the program at a time, and looks whether a test notices. Exit 1 when too many survive.
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { allMutants, drawn, planted } from "./draw.ts";
import { reasonFor } from "./harmless.ts";
import { known } from "./known.ts";
import type { Mutant } from "./sites.ts";
import { targetOf } from "./targets.ts";
import { root, Trials } from "./trial.ts";

/** Of the mutants that are drawn, so many have to be noticed. */
const bound = 0.92;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Trial {
  readonly mutant: Mutant;
  readonly tests: readonly string[];
  /** Has to be noticed. */
  readonly isKnown: boolean;
}

interface Survivor extends Pick<Mutant, "file" | "line" | "from" | "to"> {
  /** Why it has no consequence; a missing test when left out. */
  readonly reason?: string;
}

function options() {
  const { values } = parseArgs({
    options: {
      count: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      only: { type: "string", default: "" },
      known: { type: "boolean", default: false },
      drawn: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const count = values.known ? 0 : Number(values.count);
  const seed = Number(values.seed);
  if (![count, seed].every((number) => Number.isInteger(number) && number >= 0)) {
    throw new Error("--count and --seed take whole numbers");
  }
  return { ...values, count, seed };
}

function trialsOf(given: ReturnType<typeof options>): readonly Trial[] {
  const { count, seed, only } = given;
  const byHand = (given.drawn ? [] : known)
    .filter(({ file }) => file.includes(only))
    .map(({ tests, ...change }) => ({ mutant: planted(root, change), tests, isKnown: true }));
  const among = allMutants().filter(({ file }) => file.includes(only));
  const byLot = drawn(among, { count, seed }).map((mutant) => {
    return { mutant, tests: targetOf(mutant.file).tests, isKnown: false };
  });
  say(`${byHand.length} known mutants, ${byLot.length} drawn by seed ${seed} from ${among.length}`);
  return [...byHand, ...byLot];
}

/** @throws Error when a test fails without any mutant: then nothing can be told */
async function checkTests(trials: Trials, all: readonly Trial[]): Promise<void> {
  for (const tests of new Set(all.map((trial) => trial.tests.join(" ")))) {
    const { failed } = await trials.try(undefined, tests.split(" "));
    if (failed !== undefined) throw new Error(`without a mutant "${failed}" fails`);
  }
}

async function run(given: ReturnType<typeof options>): Promise<void> {
  const all = trialsOf(given);
  const trials = new Trials();
  const survived: Survivor[] = [];
  let missed = 0;
  try {
    await checkTests(trials, all);
    for (const { mutant, tests, isKnown } of all) {
      const { failed } = await trials.try(mutant, tests);
      const { file, line, from, to } = mutant;
      const what = `${file}:${line} ${oneLine(from)} → ${oneLine(to)}`;
      say(failed === undefined ? `SURVIVED ${what}` : `killed ${what} by "${failed}"`);
      if (failed !== undefined) continue;
      const reason = reasonFor(mutant);
      survived.push({ file, line, from, to, ...(reason !== undefined && { reason }) });
      if (isKnown) missed += 1;
    }
  } finally {
    await trials.stop();
  }
  const killed = all.length - survived.length;
  const result = { mutants: all.length, killed, survived };
  process.stdout.write(`${JSON.stringify(result, null, given.json ? 0 : 2)}\n`);
  if (missed > 0 || killed < bound * all.length) process.exitCode = 1;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, 80);

try {
  await run(options());
} catch (error) {
  say(`error: ${messageOf(error)}`);
  process.exitCode = 2;
}
