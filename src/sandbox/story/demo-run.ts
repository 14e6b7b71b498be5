/**
 * The steps of the story. Time continues only when the pipeline has caught up: detection has judged every row that was
 * written, and every effect that is due is done. So a slow machine takes longer, and decides the same.
 */
import type { Clock } from "../../clock.ts";
import type { StoryClock } from "./clock.ts";
import { StoryError } from "./errors.ts";
import type { Narrator } from "./narrator.ts";
import { acts, type PersonAct, type StoryPeople } from "./people.ts";
import { jitterMs, type StoryRow, type StoryRows } from "./rows.ts";
import { cadenceMs, changes, storySteps } from "./script.ts";

/** The part of the daemon that the story waits for. */
export interface Pipeline {
  /** Whether every row written before this moment is judged and every effect that is due is done. */
  progress(atMs: number): Promise<PipelineProgress>;
}

export type PipelineProgress =
  | { readonly settled: false; readonly waitsFor: string }
  /** @param effectsDone counts what was ever carried out */
  | { readonly settled: true; readonly effectsDone: number };

export interface DemoRunOptions {
  readonly clock: StoryClock;
  /** The machine's clock. It says how long a step is shown at least and when the timeout ends, and decides nothing else. */
  readonly real: Clock;
  /** Story time of step 0, milliseconds since 1970. */
  readonly originMs: number;
  readonly rows: StoryRows;
  /** Names of the containers that have restarted by now. */
  readonly restarted: () => readonly string[];
  readonly insert: (rows: readonly StoryRow[]) => Promise<void>;
  readonly pipeline: Pipeline;
  readonly people: StoryPeople;
  readonly narrator: Pick<Narrator, "scene" | "catchUp">;
  /** Called with what is waited for, when that takes long. */
  readonly say: (line: string) => void;
  /** Ends the story early. */
  readonly stop: AbortSignal;
}

export interface Pace {
  /** A step is shown for at least so long, real milliseconds. */
  readonly showMs: number;
  /** All steps together may take so long, real milliseconds. */
  readonly timeoutMs: number;
}

/** Steps of normal life between the start and the story. */
export const warmUpSteps = 8;
/** Before the rows of a step are written, everything due by this moment is done. */
const beforeMs = 30_000;
/** Then time continues by this much, so that what waits for rows to be complete is judged as well. */
const afterMs = 60_000;
/** …and then as long as a first ticket waits for further models. */
const gatheredMs = afterMs + 15_000;
/** By then Driftwarden has looked at its tickets, for comments and for what people do to them. */
const noticedMs = 125_000;
/**
 * While an act is not answered, story time continues to the next look. The first figure limits the whole wait, the
 * second is one step.
 */
const longestNoticeMs = 60_000;
const hurryMs = 250;
const lookEveryMs = 20;
const sayEveryMs = 10_000;

export class DemoRun {
  readonly #options: DemoRunOptions;
  #next = -warmUpSteps;
  #effectsDone = -1;
  #deadlineMs = Number.POSITIVE_INFINITY;

  constructor(options: DemoRunOptions) {
    this.#options = options;
  }

  /** From the first step to the last. @throws StoryError DW_SANDBOX_STORY_STALLED */
  async tell({ showMs, timeoutMs }: Pace): Promise<void> {
    this.#deadlineMs = this.#options.real.now() + timeoutMs;
    while (this.#next <= storySteps && !this.#options.stop.aborted) await this.#step(showMs);
    this.#deadlineMs = Number.POSITIVE_INFINITY;
  }

  /** Normal life after the story, until it is stopped. */
  async goOn(showMs: number): Promise<void> {
    while (!this.#options.stop.aborted) await this.#step(showMs);
  }

  async #step(showMs: number): Promise<void> {
    const { clock, real, originMs, rows, restarted, insert, narrator, stop } = this.#options;
    const begunMs = real.now();
    const step = this.#next++;
    const atMs = originMs + step * cadenceMs;
    clock.leapTo(atMs - beforeMs);
    await this.#settled();
    this.#changes(step, atMs);
    clock.leapTo(atMs + jitterMs / 2);
    await insert(rows.at(step, restarted()));
    clock.leapTo(atMs + afterMs);
    await this.#settled();
    clock.leapTo(atMs + gatheredMs);
    await this.#settled();
    narrator.catchUp();
    for (const act of acts) if (act.step === step) await this.#act(act);
    await real.sleep(begunMs + showMs - real.now(), stop);
  }

  /** Announces the changes of models that begin or end at this step. */
  #changes(step: number, atMs: number): void {
    const { narrator } = this.#options;
    for (const { subject, name, harmful, from, to, retrain } of changes) {
      if (step === from)
        narrator.scene(atMs, `${harmful ? "FAULT" : "HARMLESS"} ${subject}: ${name}`);
      if (step === retrain?.step) narrator.scene(atMs, `${subject}: retrained`);
      if (step === to + 1 && retrain === undefined) narrator.scene(atMs, `${subject}: mended`);
    }
  }

  /** A person acts, and Driftwarden answers on the ticket. */
  async #act(act: PersonAct): Promise<void> {
    const { clock, people, narrator } = this.#options;
    const before = people.answersOn(act.subject);
    if (!(await people.act(act))) return;
    const latestMs = clock.now() + noticedMs + longestNoticeMs;
    clock.leapTo(clock.now() + noticedMs);
    await this.#until(async () => {
      if (people.answersOn(act.subject) > before) return undefined;
      clock.leapTo(Math.min(clock.now() + hurryMs, latestMs));
      return `${act.by} has no answer on the ticket of ${act.subject}`;
    });
    await this.#settled();
    narrator.catchUp();
  }

  /**
   * Waits until nothing is left to do at the present story time. An effect may put a record into the stream, which
   * detection has to judge too. So it ends only when no effect was carried out since the last look.
   */
  async #settled(): Promise<void> {
    for (;;) {
      const effectsDone = await this.#caughtUp();
      if (effectsDone === this.#effectsDone || this.#options.stop.aborted) return;
      this.#effectsDone = effectsDone;
    }
  }

  /** @returns how many effects were carried out by then */
  async #caughtUp(): Promise<number> {
    const { clock, pipeline } = this.#options;
    const untilMs = clock.now();
    let effectsDone = this.#effectsDone;
    await this.#until(async () => {
      const progress = await pipeline.progress(untilMs);
      if (!progress.settled) return progress.waitsFor;
      effectsDone = progress.effectsDone;
      return undefined;
    });
    return effectsDone;
  }

  /** @param waitsFor what is still waited for; undefined when it is there */
  async #until(waitsFor: () => Promise<string | undefined>): Promise<void> {
    const { real, say, stop } = this.#options;
    for (let sayAtMs = real.now() + sayEveryMs; !stop.aborted; ) {
      const missing = await waitsFor();
      if (missing === undefined) return;
      if (real.now() >= this.#deadlineMs) throw stalled(missing);
      if (real.now() >= sayAtMs) {
        sayAtMs = real.now() + sayEveryMs;
        say(`The story waits: ${missing}.`);
      }
      await real.sleep(lookEveryMs, stop);
    }
  }
}

function stalled(waitsFor: string): StoryError {
  return new StoryError("DW_SANDBOX_STORY_STALLED", `the story waited for too long: ${waitsFor}`, {
    hint: "Run it again with DEBUG=1 to read the daemon's log; when the machine is busy with other work, try it later.",
  });
}
