/** `driftwarden marker`: announces a deploy or retrain. */
import type { Command } from "commander";
import type { Logger } from "pino";
import { marker } from "../commands/marker.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { printable } from "../printable.ts";
import type { RecordSink } from "../stream/record-sink.ts";
import { createLogger } from "../telemetry/logger.ts";
import { ask } from "./ask.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

export interface MarkerParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly openStream: (config: Config, logger: Logger) => Promise<OpenedStream>;
}

interface OpenedStream {
  readonly stream: RecordSink;
  close(): Promise<void>;
}

interface MarkerOptions {
  readonly config: string;
  readonly source?: string;
  readonly at?: string;
}

export function registerMarker(program: Command, parts: MarkerParts): void {
  program
    .command(marker.words)
    .description(marker.help)
    .argument("<model>", "the model, as its tickets name it")
    .argument("<what>", "what happened, for example retrain")
    .requiredOption("--config <file>", "the configuration")
    .option("--source <name>", "the source of the model, when there are several")
    .option("--at <time>", "when it happened, ISO 8601; default: now")
    .action((model: string, what: string, options: MarkerOptions) =>
      announce({ model, what, ...options }, parts),
    );
}

async function announce(
  { config: file, ...given }: MarkerOptions & { readonly model: string; readonly what: string },
  { cli, remediations, openStream }: MarkerParts,
): Promise<void> {
  const config = loadConfig(file, remediations);
  const answer = await ask(marker, given, {
    sources: config.sources,
    nowMs: Date.now(),
    stream: openedToAppend(() => openStream(config, createLogger({ level: "warn" }))),
  });
  if (!answer.done) {
    const several = answer.reason === "several_sources";
    const problem = several
      ? "several sources are configured"
      : `there is no source ${given.source}`;
    throw new CliError("DW_CLI_USAGE", problem, {
      hint: `Name one with --source: ${answer.sources.join(", ")}.`,
    });
  }
  const { model, what, atMs } = answer;
  cli.print(printable(`announced ${what} of ${model} at ${new Date(atMs).toISOString()}`));
}

/** Opens the stream when there is something to append: what is refused needs no connection. */
function openedToAppend(open: () => Promise<OpenedStream>): RecordSink {
  return {
    append: async (records) => {
      const opened = await open();
      try {
        await opened.stream.append(records);
      } finally {
        await opened.close();
      }
    },
  };
}
