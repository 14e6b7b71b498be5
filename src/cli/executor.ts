/** `driftwarden executor`: the process that holds the engine's socket, and acts for the daemon. */
import type { Command } from "commander";
import type { Logger } from "pino";
import { type ExecutorConfig, loadExecutorConfig } from "../config/executor.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";

export interface ExecutorCommand {
  readonly cli: Cli;
  readonly runExecutor: (
    config: ExecutorConfig,
    options: {
      readonly logger: Logger;
      /** Environment of the process. */
      readonly environment: Readonly<Record<string, string | undefined>>;
    },
  ) => Promise<{ stop(): Promise<void> }>;
}

/** Acts for the daemon until it is told to stop. A restart that it has begun comes to its end first. */
export function registerExecutor(program: Command, { cli, runExecutor }: ExecutorCommand): void {
  program
    .command("executor")
    .description("act on containers for the daemon, within limits of its own; until SIGTERM")
    .option("--config <file>", "the executor's configuration", "/etc/driftwarden/executor.yaml")
    .action(async ({ config: file }: { readonly config: string }) => {
      const config = loadExecutorConfig(file);
      const logger = createLogger({
        level: "info",
        format: process.stderr.isTTY ? "text" : "json",
        journalStream: process.env["JOURNAL_STREAM"],
      });
      const stop = cli.stopSignal();
      const executor = await runExecutor(config, { logger, environment: process.env });
      if (!stop.aborted) {
        await new Promise<void>((resolve) => {
          stop.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      await executor.stop();
      logger.info("stopped");
    });
}
