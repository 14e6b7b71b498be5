/**
 * Loaded before each test file in the worker of the bench. A first run notes which switches each test reaches; a second
 * one repeats each test once for every mutant that it reaches, with that mutant active.
 */
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  inject,
  type RunnerTask,
  type RunnerTestSuite,
  vi,
} from "vitest";
import { switchName } from "./switches.ts";

export interface SwitchPlan {
  readonly mode: "off" | "reach" | "switch";
  /** Test → the mutants that it reaches. */
  readonly reached: Readonly<Record<string, readonly number[]>>;
  /** A test that takes longer waits for what a mutant has taken away. */
  readonly longestMs: number;
}

declare module "vitest" {
  interface ProvidedContext {
    readonly switchPlan: SwitchPlan;
  }
  interface TaskMeta {
    /** Of a test: the mutants that it reaches. Of a file: those that are reached outside of tests. */
    reached?: readonly number[];
    /** Mutants that failed the test, which passed without any before and after them. */
    killed?: readonly number[];
    /** Mutants that nothing can be told of: the test failed without any after them. */
    unsure?: readonly number[];
  }
}

/** A mutant that asks so often never ends. */
const mostCalls = 200_000_000;
const mostMutants = 65_536;

interface State {
  active: number;
  calls: number;
  readonly touched: Uint8Array;
  readonly killed: Set<number>;
}

/** Modules are loaded once a worker, and this one once a file. */
const kept: typeof globalThis & { mutantState?: State } = globalThis;
const state = (kept.mutantState ??= {
  active: 0,
  calls: 0,
  touched: new Uint8Array(mostMutants),
  killed: new Set(),
});

Object.assign(globalThis, {
  [switchName]: (number: number): boolean => {
    state.touched[number] = 1;
    state.calls += 1;
    if (state.calls > mostCalls) throw new Error("this mutant never ends");
    return number === state.active;
  },
});

const plan = inject("switchPlan");

function takeTouched(): readonly number[] {
  const numbers: number[] = [];
  for (let at = state.touched.indexOf(1); at >= 0; at = state.touched.indexOf(1, at + 1))
    numbers.push(at);
  state.touched.fill(0);
  return numbers;
}

function noteReached(): void {
  const outside = new Set<number>();
  const note = (): void => {
    for (const number of takeTouched()) outside.add(number);
  };
  beforeEach(note);
  afterEach(({ task }) => {
    task.meta.reached = takeTouched();
  });
  afterAll(
    onFile((file) => {
      note();
      file.meta.reached = [...outside];
    }),
  );
}

type Suite = RunnerTestSuite;

type OnFile = (file: Suite["file"]) => void;

function hook(this: OnFile, _fixtures: object, { file }: Suite): void {
  this(file);
}

/** vitest reads a hook's parameters in its text and wants fixtures there; a bound function shows none. */
const onFile = (work: OnFile): OmitThisParameter<typeof hook> => hook.bind(work);

function openOf(task: RunnerTask): readonly number[] {
  return (plan.reached[task.id] ?? []).filter((number) => !state.killed.has(number));
}

/** Once without a mutant, once with each, and once more without: what a mutant left behind fails that one. */
function setRepeats(tasks: readonly RunnerTask[]): void {
  for (const task of tasks) {
    if (task.type === "suite") {
      setRepeats(task.tasks);
      continue;
    }
    const { length } = openOf(task);
    task.repeats = length === 0 ? 0 : length + 1;
  }
}

function repeatTests(): void {
  vi.setConfig({ testTimeout: plan.longestMs });
  let mutants: readonly number[] = [];
  let killed: number[] = [];
  beforeAll(onFile(({ tasks }) => setRepeats(tasks)));
  beforeEach(({ task }) => {
    const time = task.result?.repeatCount ?? 0;
    if (time === 0) [mutants, killed] = [openOf(task), []];
    state.calls = 0;
    state.active = mutants[time - 1] ?? 0;
    if (task.result !== undefined) Object.assign(task.result, { state: "run", errors: undefined });
  });
  afterEach(({ task }) => {
    const { active } = state;
    state.active = 0;
    if (task.result?.state === "fail") {
      if (active !== 0) killed.push(active);
      else [task.meta.unsure, mutants, killed] = [killed, [], []];
      Object.assign(task.result, { state: "pass", errors: undefined });
    }
    if ((task.result?.repeatCount ?? 0) < (task.repeats ?? 0)) return;
    for (const number of killed) state.killed.add(number);
    task.meta.killed = killed;
    setRepeats(task.file.tasks);
  });
}

if (plan.mode === "reach") noteReached();
if (plan.mode === "switch") repeatTests();
