/** Tries mutants in a process beside this one, which is replaced when a mutant never ends. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Question } from "./bench.ts";
import { type Mutant, withMutant } from "./sites.ts";

export interface Verdict {
  /** How many test files were run. */
  readonly tests: number;
  /** The test that noticed; undefined when none did. */
  readonly failed: string | undefined;
}

export const root: string = new URL("../..", import.meta.url).pathname;

/** A trial that takes so many times as long as the tests do without a mutant never ends. */
const timesAsLong = 10;
/** At least so long, ms: the machine may be busy. */
const leastMs = 120_000;
const untriedMs = 1_800_000;

export class Trials {
  #bench: ChildProcess | undefined;
  /** Tests → how long they took without a mutant, ms. */
  readonly #tookMs = new Map<string, number>();

  /** @param mutant undefined for the program as it is */
  async try(mutant: Mutant | undefined, tests: readonly string[]): Promise<Verdict> {
    const file = mutant === undefined ? "" : join(root, mutant.file);
    const question: Question = {
      mutated:
        mutant === undefined
          ? undefined
          : { file, source: withMutant(readFileSync(file, "utf8"), mutant) },
      tests,
    };
    const bench = (this.#bench ??= await startBench());
    bench.send(question);
    const sentMs = performance.now();
    const tookMs = this.#tookMs.get(tests.join());
    const longestMs =
      tookMs === undefined ? untriedMs : Math.ceil(Math.max(leastMs, tookMs * timesAsLong));
    try {
      const [verdict]: Verdict[] = await once(bench, "message", {
        signal: AbortSignal.timeout(longestMs),
      });
      if (verdict === undefined) throw new Error("the bench answered nothing");
      if (mutant === undefined) this.#tookMs.set(tests.join(), performance.now() - sentMs);
      return verdict;
    } catch (error) {
      await this.stop();
      if (!(error instanceof Error) || error.name !== "AbortError") throw error;
      return { tests: 0, failed: "it never ends" };
    }
  }

  async stop(): Promise<void> {
    const bench = this.#bench;
    this.#bench = undefined;
    if (bench === undefined) return;
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
  await once(bench, "message");
  return bench;
}
