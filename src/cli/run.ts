/** `driftwarden run`: the daemon. */
import { type Command, Option } from "commander";
import type { Logger } from "pino";
import { systemClock } from "../clock.ts";
import type { Problem } from "../config/errors.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";
import { withConfigOption } from "./config-option.ts";
import { exitCodeOf, unreachableCode } from "./exit-code.ts";

interface RunOptions {
  readonly logger: Logger;
  /** Environment of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Called when the process must stop with this error. */
  readonly onFatal: (error: Error) => void;
}

export interface RunParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly startApp: (config: Config, options: RunOptions) => Promise<StartedApp>;
}

interface StartedApp {
  stop(): Promise<void>;
}

/**
 * Runs until a signal stops it, or the store needs a newer program; then stops its parts in order. A process that is
 * killed loses nothing.
 */
export function registerRun(program: Command, parts: RunParts): void {
  withConfigOption(program.command("run"))
    .description("watch, open tickets, repair what is allowed; until SIGTERM")
    .addOption(
      new Option("--log-format <form>", "JSON lines, or text; auto: text on a terminal")
        .choices(["auto", "json", "text"])
        .default("auto"),
    )
    .action((options: RunArguments) => run(options, parts));
}

interface RunArguments {
  readonly config: string;
  readonly logFormat: "auto" | "json" | "text";
}

async function run(
  { config: file, logFormat }: RunArguments,
  { cli, remediations, startApp }: RunParts,
): Promise<void> {
  const warnings: Problem[] = [];
  const onWarning = (warning: Problem): void => void warnings.push(warning);
  const config = loadConfig(file, remediations, { onWarning });
  const logger = createLogger({
    level: config.telemetry.log_level,
    format: logFormat === "auto" ? automatic() : logFormat,
    journalStream: process.env["JOURNAL_STREAM"],
  });
  for (const { line, path, message } of warnings) {
    logger.warn({ file, line, path, reason: message }, "configuration should be changed");
  }
  const stop = cli.stopSignal();
  const fatal = new AbortController();
  const onFatal = (error: Error): void => fatal.abort(error);
  const options = { logger, environment: process.env, onFatal };
  const app = await untilReached(() => startApp(config, options), {
    untilMs: systemClock.now() + config.startup_timeout,
    logger,
    stop,
  });
  await aborted(AbortSignal.any([stop, fatal.signal]));
  logger.info("stopping");
  await app.stop().catch((err: unknown) => {
    if (!fatal.signal.aborted) throw err;
    logger.warn({ err }, "stopping failed");
  });
  logger.info("stopped");
  fatal.signal.throwIfAborted();
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

interface StartupWait {
  readonly untilMs: number;
  readonly logger: Logger;
  readonly stop: AbortSignal;
}

const automatic = (): "json" | "text" => (process.stderr.isTTY ? "text" : "json");

const pauseMs = 1_000;

/** Starts again while a server is unreachable, also when a connection breaks during the start. */
async function untilReached(
  start: () => Promise<StartedApp>,
  wait: StartupWait,
): Promise<StartedApp> {
  const { untilMs, logger, stop } = wait;
  for (;;) {
    try {
      return await start();
    } catch (err) {
      const mayWait = exitCodeOf(err) === unreachableCode && !stop.aborted;
      if (!mayWait || systemClock.now() + pauseMs > untilMs) throw err;
      logger.warn({ err }, "could not start yet; it is tried again");
      await systemClock.sleep(pauseMs, stop);
    }
  }
}
