/**
 * Runs tests against mutants for the process that sent them. It lives in a process of its own, because nothing but its
 * end stops a mutant that loops for ever. The files on disk stay as they are.
 */
import {
  BaseSequencer,
  createVitest,
  type TestModule,
  type TestSpecification,
  type Vitest,
} from "vitest/node";
import type { SwitchPlan } from "./switch-hooks.ts";

export interface Question {
  /** Absolute path → what the file says in this run. */
  readonly sources: Readonly<Record<string, string>>;
  readonly tests: readonly string[];
  readonly plan: SwitchPlan;
}

export interface BenchAnswer {
  /** Test files that were run, by their paths below the root. */
  readonly files: readonly string[];
  /** The first test that failed. */
  readonly failed: string | undefined;
  readonly seen: readonly SeenTest[];
  /** Mutants that are reached outside of tests: while files are loaded, and before and after all their tests. */
  readonly outside: readonly number[];
}

interface SeenTest {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  readonly tookMs: number;
  readonly reached: readonly number[];
  readonly killed: readonly number[];
  readonly unsure: readonly number[];
}

let sources: Question["sources"] = {};
const root = new URL("../..", import.meta.url).pathname;

/** Test file → how long it last took, ms. Quick files come first: most mutants are noticed by them. */
const tookMs = new Map<string, number>();

const lastMs = ({ moduleId }: TestSpecification): number => tookMs.get(moduleId) ?? 0;

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => lastMs(a) - lastMs(b));
  }
}

const start = (): Promise<Vitest> =>
  createVitest(
    "test",
    {
      config: false,
      root,
      watch: true,
      reporters: [{}],
      include: ["test/**/*.test.ts"],
      setupFiles: ["test/mutants/switch-hooks.ts"],
      isolate: false,
      // They end with this process, even in the midst of a loop.
      pool: "threads",
      sequence: { sequencer: QuickFirst },
      maxWorkers: 1,
      bail: 1,
      // Whoever asks has a clock of their own.
      testTimeout: 1_800_000,
      hookTimeout: 1_800_000,
    },
    {
      server: { watch: null },
      plugins: [{ name: "mutant", enforce: "pre", load: (id) => sources[id] }],
    },
  );

const vitest = await start();
process.on("message", (question: Question) => void answer(question));
process.send?.("ready");

async function answer(question: Question): Promise<void> {
  const changed = [...Object.keys(sources), ...Object.keys(question.sources)];
  sources = question.sources;
  for (const file of changed) vitest.invalidateFile(file);
  vitest.getRootProject().provide("switchPlan", question.plan);
  const specifications = await vitest.globTestSpecifications([...question.tests]);
  const asked = new Set(specifications.map(({ moduleId }) => moduleId));
  const { testModules: all, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  // It also tells of the files of earlier runs.
  const modules = all.filter(({ moduleId }) => asked.has(moduleId));
  if (question.plan.mode === "reach")
    for (const each of modules) tookMs.set(each.moduleId, each.diagnostic().duration);
  const said: BenchAnswer = {
    files: modules.map(({ relativeModuleId }) => relativeModuleId),
    failed: modules.map(failedTest).find((name) => name !== undefined) ?? errorIn(unhandledErrors),
    seen: modules.flatMap(seenIn),
    outside: modules.flatMap((module) => module.meta().reached ?? []),
  };
  process.send?.(said);
}

function seenIn(module: TestModule): readonly SeenTest[] {
  return [...module.children.allTests()].map((test) => {
    const { reached = [], killed = [], unsure = [] } = test.meta();
    const { id, fullName: name } = test;
    const { duration = 0 } = test.diagnostic() ?? {};
    return { id, file: module.relativeModuleId, name, tookMs: duration, reached, killed, unsure };
  });
}

/** The first test that failed, or the file that could not be loaded. */
function failedTest(module: TestModule): string | undefined {
  if (module.ok()) return undefined;
  for (const test of module.children.allTests("failed")) return test.fullName;
  const [error] = module.errors();
  return error === undefined ? undefined : `${module.relativeModuleId}: ${error.message}`;
}

function errorIn(errors: readonly unknown[]): string | undefined {
  return errors.length > 0 ? `an error outside of tests: ${String(errors[0])}` : undefined;
}
