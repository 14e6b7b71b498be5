/** `driftwarden marker`: announces a deploy or retrain, so that what follows is the new normal. */
import { createHash } from "node:crypto";
import type { Command } from "commander";
import type { Logger } from "pino";
import type { StreamOnly } from "../app/alone.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { modelKey } from "../stream/model-key.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";
import { CliError } from "./errors.ts";

export interface MarkerParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly openStream: (config: Config, logger: Logger) => Promise<StreamOnly>;
}

interface MarkerOptions {
  readonly config: string;
  readonly source?: string;
  readonly at?: string;
}

/** Durable when it returns: the marker stands in the stream, before every row that comes after it. */
export function registerMarker(program: Command, parts: MarkerParts): void {
  program
    .command("marker")
    .description("announce a deploy or retrain of a model: what follows is the new normal")
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
  wish: MarkerOptions & { readonly model: string; readonly what: string },
  { cli, remediations, openStream }: MarkerParts,
): Promise<void> {
  const config = loadConfig(wish.config, remediations);
  const source = chosenSource(config, wish.source);
  const atMs = wish.at === undefined ? Date.now() : Date.parse(wish.at);
  if (Number.isNaN(atMs)) {
    throw new CliError("DW_CLI_USAGE", `--at ${wish.at} is not a time`, {
      hint: "Write it as 2026-01-31T12:00:00Z.",
    });
  }
  const { tenant, environment } = source;
  const model = modelKey({ tenant, environment, source: source.name, model: wish.model });
  const id = createHash("sha256")
    .update(`${model}\n${wish.what}\n${atMs}`)
    .digest("hex")
    .slice(0, 20);
  const opened = await openStream(config, createLogger({ level: "warn" }));
  try {
    await opened.stream.append([{ kind: "marker", id, model, at: atMs * 1000, marker: wish.what }]);
  } finally {
    await opened.close();
  }
  cli.print(`announced ${wish.what} of ${model} at ${new Date(atMs).toISOString()}`);
}

function chosenSource(
  config: Config,
  wanted: string | undefined,
): Config["sources"][string] & { readonly name: string } {
  const names = Object.keys(config.sources);
  const name = wanted ?? names[0] ?? "";
  const source = config.sources[name];
  if (source !== undefined && (wanted !== undefined || names.length === 1))
    return { ...source, name };
  const message =
    wanted === undefined ? "several sources are configured" : `there is no source ${wanted}`;
  throw new CliError("DW_CLI_USAGE", message, {
    hint: `Name one with --source: ${names.join(", ")}.`,
  });
}
