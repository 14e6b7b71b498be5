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

type Given = ReturnType<typeof options>;

/** What became of a mutant: the test that noticed it, or undefined. */
class Tally {
  all = 0;
  /** Known mutants that were not noticed. */
  missed = 0;
  readonly survived: Survivor[] = [];

  add(mutant: Mutant, noticedBy: string | undefined, isKnown = false): void {
    const { file, line, from, to } = mutant;
    const what = `${file}:${line} ${oneLine(from)} → ${oneLine(to)}`;
    say(noticedBy === undefined ? `SURVIVED ${what}` : `killed ${what} by "${noticedBy}"`);
    this.all += 1;
    if (noticedBy !== undefined) return;
    const reason = reasonFor(mutant);
    this.survived.push({ file, line, from, to, ...(reason !== undefined && { reason }) });
    if (isKnown) this.missed += 1;
  }
}

function isAsked({ only }: Given): (mutant: Pick<Mutant, "file" | "line">) => boolean {
  return ({ file, line }) => file.includes(only) || `${file}:${line}`.endsWith(only);
}

/** Each known mutant has a run of its own, of the tests that have to notice it. */
async function tryKnown(given: Given, trials: Trials, tally: Tally): Promise<void> {
  if (given.drawn) return;
  const all = known
    .map(({ tests, ...change }) => ({ mutant: planted(root, change), tests }))
    .filter(({ mutant }) => isAsked(given)(mutant));
  say(`${all.length} known mutants`);
  for (const tests of new Set(all.map((one) => one.tests.join(" ")))) {
    const failed = await trials.try(undefined, tests.split(" "));
    if (failed !== undefined) throw new Error(`without a mutant "${failed}" fails`);
  }
  for (const { mutant, tests } of all) tally.add(mutant, await trials.try(mutant, tests), true);
}

async function tryDrawn(given: Given, trials: Trials, tally: Tally): Promise<void> {
  const { count, seed } = given;
  const among = allMutants().filter(isAsked(given));
  const batch = drawn(among, { count, seed }).map((mutant, at) => ({ ...mutant, number: at + 1 }));
  say(`${batch.length} mutants drawn by seed ${seed} from ${among.length}`);
  if (batch.length === 0) return;
  const tests = new Set(batch.flatMap(({ file }) => targetOf(file).tests));
  const { killed, files, undecided } = await trials.tryAll(batch, [...tests]);
  for (const { number, ...mutant } of batch) {
    let noticedBy = killed.get(number);
    const alone = undecided.has(number) ? (files.get(number) ?? []) : [];
    const { slow = [] } = targetOf(mutant.file);
    for (const more of [alone, slow])
      if (noticedBy === undefined && more.length > 0) noticedBy = await trials.try(mutant, more);
    tally.add(mutant, noticedBy);
  }
}

async function run(given: Given): Promise<void> {
  const trials = new Trials();
  const tally = new Tally();
  try {
    await tryDrawn(given, trials, tally);
    await tryKnown(given, trials, tally);
  } finally {
    await trials.stop();
  }
  const { all, missed, survived } = tally;
  const result = { mutants: all, killed: all - survived.length, survived };
  process.stdout.write(`${JSON.stringify(result, null, given.json ? 0 : 2)}\n`);
  if (missed > 0 || result.killed < bound * all) process.exitCode = 1;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").slice(0, 80);

try {
  await run(options());
} catch (error) {
  say(`error: ${messageOf(error)}`);
  process.exitCode = 2;
}
