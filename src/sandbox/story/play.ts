/** The demo's story from its first row to its scorecard, and what goes on afterwards. */

import type { Engine } from "../../../remediations/docker/engine.ts";
import { type Clock, systemClock } from "../../clock.ts";
import type { Message } from "../../messages/message.ts";
import { counted } from "../../plural.ts";
import { storyClock } from "./clock.ts";
import { DemoRun, type Pipeline, warmUpSteps } from "./demo-run.ts";
import {
  type Account,
  type DemoEnvironment,
  type DemoEnvironmentOptions,
  startDemoEnvironment,
} from "./environment.ts";
import { jiraPeople } from "./jira-people.ts";
import { Narrator } from "./narrator.ts";
import { storyRows } from "./rows.ts";
import { type Scorecard, scorecard } from "./scorecard.ts";
import { cadenceMs, historySteps, models } from "./script.ts";

export interface StoryOptions extends Omit<DemoEnvironmentOptions, "clock"> {
  readonly seed: number;
  /** Ends the story early. */
  readonly stop: AbortSignal;
  /** Receives one line for each event of the story. */
  readonly print: (line: string) => void;
  /** Whether those lines are JSON. */
  readonly json: boolean;
  /** Starts Driftwarden. @param config as its file would have it */
  readonly start: (config: string, world: StoryWorld) => Promise<WatchingDaemon>;
}

export interface StoryWorld {
  readonly clock: Clock;
  /** Used instead of the configured engine; undefined if that one is real. */
  readonly engine: Engine | undefined;
  /** Receives each text that goes to the tracker, and the message that it renders. */
  readonly onRendered: (markup: string, message: Message) => void;
  /** Leaps of the clock up to this long are part of the story, ms. */
  readonly leastGapMs: number;
}

export interface WatchingDaemon extends Pipeline {
  /** Where it listens. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface PlayedStory {
  readonly scorecard: Scorecard;
  /** The addresses at which people can look at the result. */
  readonly addresses: Readonly<Record<"daemon" | "jira" | "source", string>>;
  /** Who may log in at the Jira sandbox. */
  readonly accounts: readonly Account[];
  /** Lets normal rows come, ten minutes of them every ten seconds, until the story is stopped. */
  goOn(): Promise<void>;
}

/** A step is shown for half a second to people, and not at all to programs. */
const showMs = 500;
const showAfterwardsMs = 10_000;
/** The whole story takes half a minute on an idle machine, and four minutes on two cores that 22 processes share. */
const timeoutMs = 30 * 60_000;

/**
 * Everything that it starts is passed to `onStop`, and runs until the caller stops it.
 *
 * @returns undefined when it was stopped before its end
 * @throws StoryError DW_SANDBOX_STORY_STALLED when the pipeline does not keep up
 */
export async function playStory(options: StoryOptions): Promise<PlayedStory | undefined> {
  const { seed, onStop, stop, say, json, print } = options;
  const clock = storyClock();
  const environment = await startDemoEnvironment({ ...options, clock });
  const originMs = clock.now() + warmUpSteps * cadenceMs;
  const rows = storyRows(seed, originMs);
  for (let step = -historySteps; step < -warmUpSteps; step += 1)
    await environment.table.insert(rows.at(step));
  say(
    `History       seven days of ${counted(models.length, "model")}, one attribution every ten minutes\n`,
  );
  const daemon = await options.start(environment.config, {
    clock,
    engine: environment.engine,
    onRendered: (markup, message) => environment.jira.messages.add(markup, message),
    leastGapMs: cadenceMs,
  });
  onStop("driftwarden", () => daemon.stop());
  const bot = environment.accounts[0]?.name ?? "";
  const narrator = new Narrator(environment.jira, { print, json, bot });
  const run = new DemoRun({
    clock,
    real: systemClock,
    originMs,
    rows,
    restarted: environment.restarts.names,
    insert: (written) => environment.table.insert(written),
    pipeline: daemon,
    people: jiraPeople({ jira: environment.jira, bot }),
    narrator,
    say,
    stop,
  });
  await run.tell({ showMs: json ? 0 : showMs, timeoutMs });
  if (stop.aborted) return undefined;
  return {
    scorecard: cardOf(environment, { originMs, bot }),
    addresses: { daemon: daemon.url, jira: environment.jira.url, source: environment.sourceUrl },
    accounts: environment.accounts,
    goOn: () => run.goOn(showAfterwardsMs),
  };
}

interface CardBasis {
  readonly originMs: number;
  /** Name of Driftwarden's account. */
  readonly bot: string;
}

function cardOf(environment: DemoEnvironment, { originMs, bot }: CardBasis): Scorecard {
  const tickets = environment.jira.issues().map(({ summary, description, ...issue }) => ({
    summary,
    description,
    atMs: issue.createdAtMs,
    comments: issue.comments.filter(({ author }) => author === bot).map(({ body }) => body),
    reopened: issue.history.filter(
      ({ author, items }) =>
        author === bot &&
        items.some(({ field, to: [, name] }) => field === "status" && name !== "Done"),
    ).length,
  }));
  const { names, mostDown } = environment.restarts;
  return scorecard(tickets, { originMs, restarted: names(), mostDown: mostDown() });
}
