/** Tries mutants in a process beside this one, which is replaced when a mutant never ends. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchAnswer, Question } from "./bench.ts";
import { type Mutant, withMutant } from "./sites.ts";
import { type NumberedMutant, withSwitches } from "./switches.ts";

export const root: string = new URL("../..", import.meta.url).pathname;

/** A run that takes so many times as long as the tests do without a mutant never ends. */
const timesAsLong = 10;
/** At least so long, ms: the machine may be busy. */
const leastMs = 120_000;
const untriedMs = 7_200_000;
/** So long a single test may take at least, ms. */
const leastTestMs = 30_000;

const off = { mode: "off", reached: {}, longestMs: 0 } as const;

const sourceOf = (file: string): string => readFileSync(join(root, file), "utf8");

/** The sources of a batch, each with its mutants asleep in it. */
function withAll(batch: readonly NumberedMutant[]): Question["sources"] {
  const files = [...new Set(batch.map(({ file }) => file))];
  return Object.fromEntries(
    files.map((file) => {
      const own = batch.filter((mutant) => mutant.file === file);
      return [join(root, file), withSwitches(sourceOf(file), own)];
    }),
  );
}

/** A mutant that is reached while files are loaded may be noticed by any of them. */
function filesReaching({ seen, outside, files: all }: BenchAnswer): ReadonlyMap<number, string[]> {
  const files = new Map<number, string[]>();
  for (const { reached, file } of seen)
    for (const number of reached) files.set(number, [...new Set(files.get(number)).add(file)]);
  for (const number of outside) files.set(number, [...all]);
  return files;
}

/** What the tests say of a batch of mutants. */
interface BatchVerdict {
  /** Mutant → the test that noticed it. */
  readonly killed: ReadonlyMap<number, string>;
  /** Mutant → the test files that reach it. */
  readonly files: ReadonlyMap<number, readonly string[]>;
  /** Those that need a run of their own before anything can be told. */
  readonly undecided: ReadonlySet<number>;
}

export class Trials {
  #bench: ChildProcess | undefined;
  /** Tests → how long they took without a mutant, ms. */
  readonly #tookMs = new Map<string, number>();

  /**
   * Tries one mutant in its own run.
   *
   * @param mutant undefined for the program as it is
   * @returns the test that noticed; undefined when none did
   */
  async try(mutant: Mutant | undefined, tests: readonly string[]): Promise<string | undefined> {
    const file = mutant?.file;
    const sources =
      file === undefined ? {} : { [join(root, file)]: withMutant(sourceOf(file), mutant!) };
    const sentMs = performance.now();
    const said = await this.#ask({ sources, tests, plan: off });
    if (mutant === undefined) this.#tookMs.set(tests.join(), performance.now() - sentMs);
    return said === undefined ? "it never ends, or ends the process" : said.failed;
  }

  /**
   * Tries all mutants of a batch in two runs: the first one sees which tests reach which mutant, the second one repeats
   * each test with each mutant that it reaches.
   *
   * @throws Error when a test fails without any mutant: then nothing can be told
   */
  async tryAll(batch: readonly NumberedMutant[], tests: readonly string[]): Promise<BatchVerdict> {
    const sources = withAll(batch);
    const first = await this.#ask({ sources, tests, plan: { ...off, mode: "reach" } });
    if (first === undefined) throw new Error("without a mutant the tests never end");
    if (first.failed !== undefined) throw new Error(`without a mutant "${first.failed}" fails`);
    const files = filesReaching(first);
    const reached = Object.fromEntries(first.seen.map((test) => [test.id, test.reached]));
    const longestMs = Math.max(leastTestMs, 5 * Math.max(...first.seen.map((test) => test.tookMs)));
    const plan = { mode: "switch", reached, longestMs } as const;
    const second = await this.#ask({ sources, tests, plan });
    if (second === undefined) return { killed: new Map(), files, undecided: new Set(files.keys()) };
    const killed = second.seen.flatMap((test) =>
      test.killed.map((number): [number, string] => [number, test.name]),
    );
    const unsure = second.seen.flatMap((test) => test.unsure);
    return { killed: new Map(killed), files, undecided: new Set([...first.outside, ...unsure]) };
  }

  /** @returns undefined when the run does not end, or its process does, as with one that runs out of memory */
  async #ask(question: Question): Promise<BenchAnswer | undefined> {
    const bench = (this.#bench ??= await startBench());
    bench.send(question);
    const tookMs = this.#tookMs.get(question.tests.join());
    const longestMs =
      tookMs === undefined ? untriedMs : Math.ceil(Math.max(leastMs, tookMs * timesAsLong));
    try {
      const [said]: BenchAnswer[] = await nextMessage(bench, longestMs);
      if (said === undefined) throw new Error("the bench answered nothing");
      return said;
    } catch (error) {
      await this.stop();
      if (!(error instanceof Error) || error.name !== "AbortError") throw error;
      return undefined;
    }
  }

  async stop(): Promise<void> {
    const bench = this.#bench;
    this.#bench = undefined;
    if (bench === undefined || bench.exitCode !== null || bench.signalCode !== null) return;
    const ended = once(bench, "exit");
    bench.kill("SIGKILL");
    await ended;
  }
}

async function startBench(): Promise<ChildProcess> {
  const bench = fork(new URL("bench.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  await nextMessage(bench, untriedMs);
  return bench;
}

/** @throws AbortError when none comes in time, or the process ends */
async function nextMessage(bench: ChildProcess, longestMs: number): Promise<BenchAnswer[]> {
  const gone = new AbortController();
  const tell = (): void => gone.abort();
  bench.once("exit", tell);
  const signal = AbortSignal.any([AbortSignal.timeout(longestMs), gone.signal]);
  return once(bench, "message", { signal }).finally(() => bench.off("exit", tell));
}
