/**
 * Runs tests against mutants, one after the other, for the process that sent them. It lives in a process of its own,
 * because nothing but its end stops a mutant that loops for ever. The files on disk stay as they are.
 */
import { BaseSequencer, createVitest, type TestModule, type TestSpecification } from "vitest/node";
import type { Verdict } from "./trial.ts";

export interface Question {
  /** An absolute path, and what it says in this trial; undefined for the program as it is. */
  readonly mutated: { readonly file: string; readonly source: string } | undefined;
  readonly tests: readonly string[];
}

let mutated: Question["mutated"];
const root = new URL("../..", import.meta.url).pathname;

/** Test file → how long it last took, ms. Quick files come first: most mutants are noticed by them. */
const tookMs = new Map<string, number>();

const lastMs = ({ moduleId }: TestSpecification): number => tookMs.get(moduleId) ?? 0;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => lastMs(a) - lastMs(b));
  }
}

const vitest = await createVitest(
  "test",
  {
    config: false,
    root,
    watch: true,
    reporters: [{}],
    include: ["test/**/*.test.ts"],
    isolate: false,
    // They end with this process, even in the midst of a loop.
    pool: "threads",
    sequence: { sequencer: QuickFirst },
    maxWorkers: 1,
    bail: 1,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
  {
    server: { watch: null },
    plugins: [
      {
        name: "mutant",
        enforce: "pre",
        load: (id) => (id === mutated?.file ? mutated.source : undefined),
      },
    ],
  },
);

process.on("message", (question: Question) => void answer(question));
process.send?.("ready");

async function answer(question: Question): Promise<void> {
  const before = mutated?.file;
  mutated = question.mutated;
  for (const file of [before, mutated?.file]) if (file !== undefined) vitest.invalidateFile(file);
  const specifications = await vitest.globTestSpecifications([...question.tests]);
  const asked = new Set(specifications.map(({ moduleId }) => moduleId));
  const { testModules: all, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // It also tells of the files of earlier trials.
  const testModules = all.filter(({ moduleId }) => asked.has(moduleId));
  if (question.mutated === undefined)
    for (const each of testModules) tookMs.set(each.moduleId, each.diagnostic().duration);
  const verdict: Verdict = {
    tests: specifications.length,
    failed:
      testModules.map(failedTest).find((name) => name !== undefined) ?? errorIn(unhandledErrors),
  };
  process.send?.(verdict);
}

/** The first test that failed, or the file that could not be loaded. */
function failedTest(module: TestModule): string | undefined {
  if (module.ok()) return undefined;
  for (const test of module.children.allTests("failed")) return test.fullName;
  return module.errors().length > 0 ? module.relativeModuleId : undefined;
}

function errorIn(errors: readonly unknown[]): string | undefined {
  return errors.length > 0 ? `an error outside of tests: ${String(errors[0])}` : undefined;
}
