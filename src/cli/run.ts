/** `driftwarden run`: the daemon. */
import type { Command } from "commander";
import type { Logger } from "pino";
import type { App } from "../app.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";

export interface RunParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly startApp: (config: Config, options: { readonly logger: Logger }) => Promise<App>;
}

/** Watches until it is told to stop, then drains; whatever stops it by force loses nothing. */
export function registerRun(program: Command, parts: RunParts): void {
  program
    .command("run")
    .description("watch, open tickets, repair what is allowed; until SIGTERM")
    .requiredOption("--config <file>", "the configuration")
    .action((options: { readonly config: string }) => run(options.config, parts));
}

async function run(file: string, { cli, remediations, startApp }: RunParts): Promise<void> {
  const config = loadConfig(file, remediations);
  const logger = createLogger({
    level: config.telemetry.log_level,
    journalStream: process.env["JOURNAL_STREAM"],
  });
  const stop = cli.stopSignal();
  const app = await startApp(config, { logger });
  if (!stop.aborted) {
    await new Promise<void>((resolve) => {
      stop.addEventListener("abort", () => resolve(), { once: true });
    });
  }
  logger.info("stopping");
  await app.stop();
  logger.info("stopped");
}
