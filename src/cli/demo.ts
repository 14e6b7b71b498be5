/** `driftwarden demo`: runs all of Driftwarden on embedded programs, through a story with a known end. */
import type { Command } from "commander";
import type { Logger } from "pino";
import { createLifecycle } from "../app/lifecycle.ts";
import { systemClock } from "../clock.ts";
import type { Remediations } from "../config/fixes.ts";
import { parseConfig } from "../config/parse.ts";
import type { Config } from "../config/schema.ts";
import {
  type PlayedStory,
  playStory,
  type StoryWorld,
  type WatchingDaemon,
} from "../sandbox/story/play.ts";
import { passed, type Scorecard } from "../sandbox/story/scorecard.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

export interface DemoParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly startApp: (config: Config, options: StartOptions) => Promise<WatchingDaemon>;
}

interface StartOptions extends StoryWorld {
  readonly logger: Logger;
}

interface DemoOptions {
  readonly json?: boolean;
  readonly seed: string;
  readonly keep?: boolean;
  readonly kafka?: boolean;
  readonly docker?: boolean;
}

const stopDeadlineMs = 30_000;

export function registerDemo(program: Command, parts: DemoParts): void {
  program
    .command("demo")
    .description(
      "five faults, two harmless changes, and people who answer on tickets; nothing needed",
    )
    .option("--json", "print events as JSON lines, the scorecard last")
    .option("--seed <number>", "another story with the same plot", "1")
    .option("--keep", "go on with normal rows afterwards, until Ctrl-C")
    .option("--kafka", "stream through a real Kafka (needs Java 17 and Maven)")
    .option("--docker", "restart in a real Docker engine, through an executor (needs root)")
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
  const json = options.json === true;
  // With --json the scorecard is the last line on stdout; what comes after it goes to stderr.
  let tell = (line: string): void => cli.print(line);
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs });
  try {
    const played = await playStory({
      seed,
      stop: cli.stopSignal(),
      json,
      docker: options.docker === true,
      kafka: options.kafka === true,
      program: [process.execPath, ...process.execArgv, process.argv[1] ?? ""],
      say: (line) => (json ? cli.say(line) : cli.print(line)),
      print: (line) => tell(line),
      onStop: (name, stop) => lifecycle.onStop(name, stop),
      start: (config, world) => startDaemon(config, world, parts),
    });
    if (played === undefined || !passed(played.scorecard)) cli.exitWith(1);
    if (played === undefined) return cli.say("Stopped before the story's end: no scorecard.");
    const { scorecard } = played;
    cli.print(json ? JSON.stringify({ scorecard }) : cardText(scorecard));
    if (json) tell = (line) => cli.say(line);
    if (options.keep !== true) return;
    cli.say(keepText(played));
    await played.goOn();
  } finally {
    await lifecycle.stop();
  }
}

function startDaemon(
  text: string,
  world: StoryWorld,
  { remediations, startApp }: DemoParts,
): Promise<WatchingDaemon> {
  const config = parseConfig(text, { file: "the demo's configuration", remediations });
  const logger = createLogger({ level: process.env["DEBUG"] ? "info" : "error" });
  return startApp(config, { ...world, logger });
}

function keepText({ addresses, accounts }: PlayedStory): string {
  const { daemon, jira, source } = addresses;
  const known = accounts.map(({ name, token }) => `${name} with the token ${token}`);
  const people = accounts
    .slice(1)
    .map(({ name }) => name)
    .join(" or ");
  const [person] = accounts.slice(-1).map(({ name, token }) => `${name}:${token}`);
  return `
Normal rows go on, ten minutes of them every ten seconds. Ctrl-C ends it.
  Jira       ${jira}/   (SIMULATED; its pages need no login)
             write "dw help" on a ticket there, as ${people}
             its REST API knows ${known.join(", ")}:
             curl -u ${person} ${jira}/rest/api/2/issue/IR-1
  metrics    ${daemon}/metrics
  API        ${["incidents", "runs", "models", "effects"].map((list) => `${daemon}/api/v1/${list}`).join("\n             ")}
  Postgres   ${source}   (may only read)
`;
}

function cardText(card: Scorecard): string {
  const verdict = passed(card) ? "as promised" : "NOT as promised";
  return `
Scorecard, counted from the ledgers of the Jira sandbox and the engine: ${verdict}
  faults found            ${card.detected} of ${card.injected}; median delay in attributions: ${card.delay_points ?? "?"}
  false tickets           ${card.false_tickets}
  harmless, and silent    ${card.harmless_silent} of ${card.harmless}
  runs                    ${card.runs} of 3: one by itself, one approved in a comment, one more by itself
  restarts                ${card.restarts} of 5: three of them replicas of one service, one by one (${card.down_at_once} down at a time)
  outcomes told           ${card.outcomes_told} of 3: did not help, helped, did not help and is escalated
  refused                 ${card.refused} of 3: a database, one that others hang on, one below its floor
  people answered         ${card.answered} of ${card.asked}, one of them refused with the reason
  closed too early        opened again ${card.reopened} of 1

${next()}  driftwarden replay --csv your-rows.csv   what would it have opened on your own history?
  driftwarden check --config FILE          is my configuration right?`;
}

/** In a checkout the command is not on the path yet: there `npm run demo` starts the program by its file. */
function next(): string {
  const inCheckout = process.argv[1]?.endsWith(".js") === true;
  return `Next${inCheckout ? ", after npm install --global . (it puts driftwarden on the path)" : ""}:\n`;
}
