/** `driftwarden marker`: announces a deploy or retrain. */
import type { Command } from "commander";
import type { Logger } from "pino";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { type ModelName, modelName } from "../model-key.ts";
import { nearest } from "../nearest.ts";
import { type MarkerNeeds, marker } from "../operator/marker.ts";
import { printable } from "../printable.ts";
import { createLogger } from "../telemetry/logger.ts";
import { ask } from "./ask.ts";
import type { Cli } from "./cli.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";

export interface MarkerParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly openStream: (config: Config, logger: Logger) => Promise<OpenedStream>;
}

interface OpenedStream {
  readonly stream: MarkerNeeds["stream"];
  models(source: Omit<ModelName, "model">): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface MarkerOptions {
  readonly config: string;
  readonly source?: string;
  readonly at?: string;
}

export function registerMarker(program: Command, parts: MarkerParts): void {
  withConfigOption(program.command(marker.words))
    .description(marker.help)
    .argument("<model>", "the model, as its tickets name it")
    .argument("<what>", "what happened, for example retrain")
    .option("--source <name>", "the source of the model, when there are several")
    .option("--at <time>", "when it happened, with the zone: 2026-01-31T12:00Z; default: now")
    .action((model: string, what: string, options: MarkerOptions) =>
      announce({ model, what, ...options }, parts),
    );
}

async function announce(
  { config: file, ...given }: MarkerOptions & { readonly model: string; readonly what: string },
  { cli, remediations, openStream }: MarkerParts,
): Promise<void> {
  const config = loadConfig(file, remediations);
  const opening = opened(() => openStream(config, createLogger({ level: "warn" })));
  const needs = { ...opening, sources: config.sources, nowMs: Date.now() };
  const answer = await closing(ask(marker, given, needs), opening);
  if (!answer.done) throw refusal(answer, given);
  const { model, what, atMs, unchecked } = answer;
  cli.print(printable(`announced ${what} of ${model} at ${new Date(atMs).toISOString()}`));
  if (unchecked) cli.say(printable(uncheckedName(modelName(model))));
}

async function closing<Result>(
  result: Promise<Result>,
  { close }: { readonly close: () => Promise<void> },
): Promise<Result> {
  try {
    return await result;
  } finally {
    await close();
  }
}

type MarkerAnswer = Awaited<ReturnType<typeof marker.handle>>;

function refusal(
  answer: Extract<MarkerAnswer, { done: false }>,
  given: { readonly model: string; readonly source?: string },
): CliError {
  if (answer.reason === "unknown_model") return unknownModel(given.model, answer.models);
  const several = answer.reason === "several_sources";
  const problem = several ? "several sources are configured" : `there is no source ${given.source}`;
  const hint = `Name one with --source: ${answer.sources.join(", ")}.`;
  return new CliError("DW_CLI_USAGE", printable(problem), { hint: printable(hint) });
}

const uncheckedName = ({ source, model }: ModelName): string =>
  `No model of the source ${source} is known yet, so the name ${model} was not checked. A model is known a minute after its first rows. The announcement has no effect if no rows of ${model} were read before it.`;

const shownModels = 20;

function unknownModel(model: string, known: readonly string[]): CliError {
  const meant = nearest(model, known);
  const more = known.length > shownModels ? ` and ${known.length - shownModels} more` : "";
  const guess = meant === undefined ? "" : `Did you mean ${meant}? `;
  const hint = `${guess}Known are ${known.slice(0, shownModels).join(", ")}${more}. A model is known a minute after its first rows; a new one needs no marker.`;
  return new CliError("DW_CLI_USAGE", printable(`there is no model ${model}`), {
    hint: printable(hint),
  });
}

/** Opens the stream only when it is needed. A request that the configuration refuses needs no connection. */
function opened(open: () => Promise<OpenedStream>) {
  let opening: Promise<OpenedStream> | undefined;
  const once = (): Promise<OpenedStream> => (opening ??= open());
  const stream: MarkerNeeds["stream"] = {
    append: async (records) => (await once()).stream.append(records),
  };
  return {
    stream,
    models: async (source: Omit<ModelName, "model">) => (await once()).models(source),
    close: async () => (await opening?.catch(() => undefined))?.close(),
  };
}
