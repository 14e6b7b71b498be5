/** The demo's story from its first row to its scorecard, in accelerated time. */
import type { Engine } from "../../../remediations/docker/engine.ts";
import { acceleratedClock, type Clock, systemClock } from "../../clock.ts";
import type { Message } from "../../messages/message.ts";
import { Narrator } from "./narrator.ts";
import { storyRows } from "./rows.ts";
import { type Scorecard, scorecard } from "./scorecard.ts";
import { cadenceMs, historySteps, models, storySteps } from "./script.ts";
import { type Stage, type StageOptions, setStage } from "./stage.ts";

export interface StoryOptions extends Omit<StageOptions, "clock"> {
  readonly seed: number;
  /** Ends the story early. */
  readonly stop: AbortSignal;
  /** Told what happens, one line each. */
  readonly print: (line: string) => void;
  /** Whether those lines are JSON. */
  readonly json: boolean;
  /** Starts Driftwarden. @param config as its file would have it */
  readonly start: (config: string, world: StoryWorld) => Promise<WatchingDaemon>;
}

export interface StoryWorld {
  readonly clock: Clock;
  /** Acts instead of the configured one; undefined where that is real. */
  readonly engine: Engine | undefined;
  /** Told what goes to the tracker, and the message that it says. */
  readonly onRendered: (markup: string, message: Message) => void;
}

export interface WatchingDaemon {
  /** Announces that a model was retrained. */
  retrained(model: string, atMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Ten minutes pass in half a second. */
const rate = 1200;
/** Steps of normal life between the start and the story. */
const prelude = 8;
/** How long the tracker may take to resolve the last ticket after the story, real ms. */
const patienceMs = 15_000;

/** Everything it starts is handed to `onStop`, and stands until the caller stops it. */
export async function playStory(options: StoryOptions): Promise<Scorecard> {
  const { seed, onStop, stop, say, print, json } = options;
  const clock = acceleratedClock(rate);
  const stage = await setStage({ ...options, clock });
  const originMs = clock.now() + prelude * cadenceMs;
  const rows = storyRows(seed, originMs);
  const firstLive = -prelude;
  for (let step = -historySteps; step < firstLive; step += 1)
    await stage.table.insert(rows.at(step));
  say(
    `History       seven days of ${models.length} models, one attribution every ten minutes; a day passes in 72 s\n`,
  );
  const daemon = await options.start(stage.config, {
    clock,
    engine: stage.engine,
    onRendered: (markup, message) => stage.jira.messages.add(markup, message),
  });
  onStop("driftwarden", () => daemon.stop());
  const narrator = new Narrator(stage.jira, { print, json });
  for (let step = firstLive; step <= storySteps && !stop.aborted; step += 1) {
    await clock.sleep(originMs + step * cadenceMs - clock.now(), stop);
    await stage.table.insert(rows.at(step));
    await announce(step, { daemon, atMs: clock.now(), narrator });
    narrator.catchUp();
  }
  await settled(stage, narrator, stop);
  const tickets = stage.jira
    .issues()
    .map(({ summary, createdAtMs }) => ({ summary, atMs: createdAtMs }));
  return scorecard(tickets, { originMs, runs: stage.restarts() });
}

interface StepParts {
  readonly daemon: WatchingDaemon;
  readonly atMs: number;
  readonly narrator: Narrator;
}

/** What the story itself does at a step. */
async function announce(step: number, { daemon, atMs, narrator }: StepParts): Promise<void> {
  for (const { model, change } of models) {
    const kind = change.harmful ? "FAULT" : "HARMLESS";
    if (step === change.from) narrator.scene(atMs, `${kind} ${model}: ${change.name}`);
    if (step === change.to + 1 && change.retrain === undefined)
      narrator.scene(atMs, `${model}: mended`);
    if (step !== change.retrain?.step) continue;
    narrator.scene(
      atMs,
      `${model}: retrained, and announced so: driftwarden marker ${model} retrain`,
    );
    await daemon.retrained(model, atMs);
  }
}

/** Waits until every ticket is resolved, or patience ends. */
async function settled(stage: Stage, narrator: Narrator, stop: AbortSignal): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && !stop.aborted) {
    narrator.catchUp();
    if (stage.jira.issues().every((issue) => issue.resolvedAtMs !== undefined)) return;
    await systemClock.sleep(100, stop);
  }
}
