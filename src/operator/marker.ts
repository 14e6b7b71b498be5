/** The command that announces a deploy or retrain of a model. Detection takes the values after it as the new normal. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { familyOf } from "../model-family.ts";
import { type ModelKey, type ModelName, modelKey } from "../model-key.ts";
import type { RecordSink } from "../stream/record-sink.ts";
import { moment } from "./moment.ts";
import type { OperatorCommand } from "./operator-command.ts";

const markerArguments = z.strictObject({
  /** As its tickets name it. */
  model: z.string(),
  /** What happened, for example retrain. */
  what: z.string(),
  /** The source of the model; needed when there are several. */
  source: z.string().optional(),
  /** When it happened; default: now. */
  at: moment.optional(),
});

export interface MarkerNeeds {
  readonly stream: RecordSink;
  /** Names of the models of a source that are known so far. */
  readonly models: (source: Omit<ModelName, "model">) => Promise<readonly string[]>;
  /** The configured sources by name. */
  readonly sources: Readonly<Record<string, MarkedSource>>;
  readonly nowMs: number;
}

interface MarkedSource {
  readonly tenant: string;
  readonly environment: string;
  /** How its names of models hold a version. */
  readonly versioned_names?: string | undefined;
}

type MarkerAnswer =
  | {
      readonly done: true;
      readonly model: ModelKey;
      readonly what: string;
      readonly atMs: number;
      /** No model of the source is known yet, so the name was not checked. Rows alone make a model known. */
      readonly unchecked: boolean;
    }
  | {
      readonly done: false;
      readonly reason: "several_sources" | "unknown_source";
      /** Those there are to choose from. */
      readonly sources: readonly string[];
    }
  | {
      readonly done: false;
      readonly reason: "unknown_model";
      /** Those that are known of the source. */
      readonly models: readonly string[];
    };

/** The marker is durable in the stream when the command answers. Rows that are appended later come after it. */
export const marker: OperatorCommand<typeof markerArguments, MarkerNeeds, MarkerAnswer> = {
  words: "marker",
  help: "announce a deploy or retrain of a model: what follows is the new normal",
  arguments: markerArguments,
  async handle({ model: given, what, source: wanted, at }, { stream, models, sources, nowMs }) {
    const names = Object.keys(sources);
    if (wanted === undefined && names.length !== 1)
      return { done: false, reason: "several_sources", sources: names };
    const source = wanted ?? names[0] ?? "";
    const known = sources[source];
    if (known === undefined) return { done: false, reason: "unknown_source", sources: names };
    const { tenant, environment } = known;
    const name = familyOf(known.versioned_names)(given);
    const there = await models({ tenant, environment, source });
    // While no model of the source is known, the name cannot be checked.
    if (there.length > 0 && !there.includes(name))
      return { done: false, reason: "unknown_model", models: there };
    const model = modelKey({ tenant, environment, source, model: name });
    const atMs = at ?? nowMs;
    const id = createHash("sha256").update(`${model}\n${what}\n${atMs}`).digest("hex").slice(0, 20);
    await stream.append([{ kind: "marker", id, model, at: atMs * 1000, marker: what }]);
    return { done: true, model, what, atMs, unchecked: there.length === 0 };
  },
};
