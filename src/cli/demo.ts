/** `driftwarden demo`: the whole of it on embedded defaults, on a story with a known end. */
import type { Command } from "commander";
import type { Logger } from "pino";
import type { App, AppOptions } from "../app/app.ts";
import { createLifecycle, type Lifecycle } from "../app/lifecycle.ts";
import { acceleratedClock, type Clock, systemClock } from "../clock.ts";
import type { Remediations } from "../config/fixes.ts";
import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/schema.ts";
import { Narrator } from "../sandbox/story/narrator.ts";
import { storyRows } from "../sandbox/story/rows.ts";
import { passed, type Scorecard, scorecard } from "../sandbox/story/scorecard.ts";
import { cadenceMs, historySteps, models, storySteps } from "../sandbox/story/script.ts";
import { type Stage, setStage } from "../sandbox/story/stage.ts";
import { modelKey } from "../stream/model-key.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

export interface DemoParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly startApp: (config: Config, options: AppOptions) => Promise<App>;
}

interface DemoOptions {
  readonly json?: boolean;
  readonly seed: string;
  readonly keep?: boolean;
  readonly kafka?: boolean;
  readonly docker?: boolean;
}

/** Ten minutes pass in half a second. */
const rate = 1200;
/** Steps of normal life between the start and the story. */
const prelude = 8;
/** How long the tracker may take to resolve the last ticket after the story, real ms. */
const patienceMs = 15_000;
const stopDeadlineMs = 30_000;

export function registerDemo(program: Command, parts: DemoParts): void {
  program
    .command("demo")
    .description("three faults and two harmless changes, told in under a minute; nothing needed")
    .option("--json", "print events as JSON lines, the scorecard last")
    .option("--seed <number>", "another story with the same plot", "1")
    .option("--keep", "keep the sandbox running afterwards, until Ctrl-C")
    .option("--kafka", "stream through a real Kafka (needs Java 17 and Maven)")
    .option("--docker", "restart in a real Docker engine (needs root)")
    .action((options: DemoOptions) => demo(options, parts));
}

async function demo(options: DemoOptions, parts: DemoParts): Promise<void> {
  const { cli } = parts;
  const seed = Number(options.seed);
  if (!Number.isInteger(seed) || seed < 0) {
    throw new CliError("DW_CLI_USAGE", `--seed ${options.seed} is not a whole number`, {
      hint: "Seeds are whole numbers from 0.",
    });
  }
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs });
  try {
    const card = await play({ options, seed, lifecycle, stop: cli.stopSignal() }, parts);
    if (options.keep === true) await keep(cli);
    cli.print(options.json === true ? JSON.stringify({ scorecard: card }) : cardText(card));
    if (!passed(card)) cli.exitWith(1);
  } finally {
    await lifecycle.stop();
  }
}

interface Play {
  readonly options: DemoOptions;
  readonly seed: number;
  readonly lifecycle: Lifecycle;
  readonly stop: AbortSignal;
}

async function play(
  { options, seed, lifecycle, stop }: Play,
  parts: DemoParts,
): Promise<Scorecard> {
  const { cli } = parts;
  const clock = acceleratedClock(rate);
  const say = (line: string): void => (options.json === true ? cli.say(line) : cli.print(line));
  const stage = await setStage({
    clock,
    lifecycle,
    say,
    docker: options.docker === true,
    kafka: options.kafka === true,
  });
  const originMs = clock.now() + prelude * cadenceMs;
  const rows = storyRows(seed, originMs);
  const firstLive = -prelude;
  for (let step = -historySteps; step < firstLive; step += 1)
    await stage.table.insert(rows.at(step));
  say(
    `History       seven days of ${models.length} models, one attribution every ten minutes; a day passes in 72 s\n`,
  );
  const logger: Logger = createLogger({ level: process.env["DEBUG"] ? "info" : "error" });
  const config = parseConfig(stage.config, {
    file: "the demo's configuration",
    remediations: parts.remediations,
  });
  const app = await parts.startApp(config, {
    logger,
    clock,
    ...(stage.engine && { engine: stage.engine }),
  });
  lifecycle.onStop("driftwarden", () => app.stop());
  const narrator = new Narrator(stage.jira, {
    print: (line) => cli.print(line),
    json: options.json === true,
  });
  for (let step = firstLive; step <= storySteps && !stop.aborted; step += 1) {
    await clock.sleep(originMs + step * cadenceMs - clock.now(), stop);
    await stage.table.insert(rows.at(step));
    await announce(step, { app, clock, narrator });
    narrator.catchUp();
  }
  await settled(stage, narrator, stop);
  const tickets = stage.jira
    .issues()
    .map(({ summary, createdAtMs }) => ({ summary, atMs: createdAtMs }));
  return scorecard(tickets, { originMs, runs: stage.restarts() });
}

/** What the story itself does at a step. */
async function announce(
  step: number,
  {
    app,
    clock,
    narrator,
  }: { readonly app: App; readonly clock: Clock; readonly narrator: Narrator },
): Promise<void> {
  const atMs = clock.now();
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
    const key = modelKey({ tenant: "default", environment: "demo", source: "main", model });
    const id = `story-${model}`;
    await app.stream.append([
      { kind: "marker", id, model: key, at: atMs * 1000, marker: "retrain" },
    ]);
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

async function keep(cli: Cli): Promise<void> {
  const stop = cli.stopSignal();
  cli.say("The sandbox keeps running; Ctrl-C ends it.");
  while (!stop.aborted) await systemClock.sleep(3_600_000, stop);
}

function cardText(card: Scorecard): string {
  const verdict = passed(card) ? "as promised" : "NOT as promised";
  return `
Scorecard, counted from the ledgers of the Jira sandbox and the engine: ${verdict}
  faults found            ${card.detected} of ${card.injected}, after ${card.delay_points ?? "?"} attributions (median)
  false tickets           ${card.false_tickets}
  harmless, and silent    ${card.harmless_silent} of ${card.harmless}
  restarts                ${card.runs}

Next: driftwarden replay --csv your-rows.csv   what would it have opened on your own history?
      driftwarden check --config FILE          is my configuration right?`;
}
