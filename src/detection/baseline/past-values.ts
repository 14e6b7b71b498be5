/**
 * Compares a model's recent attributions with what the model has learned, for a picture. Its inputs are the rows of the
 * source and the saved state. It decides nothing.
 */
import { type ModelKey, modelName } from "../../model-key.ts";
import type { Row } from "../../stream/record.ts";
import type { Assembly } from "../attribution/assembling.ts";
import { meansOver } from "../attribution/running-mean.ts";
import { expectedTotal, transform } from "../attribution/transform.ts";
import type { AnnouncedChange } from "../event.ts";
import { ModelMemory } from "../memory.ts";
import {
  type EngineSettings,
  type SourceSettings,
  settledTransform,
  type Transform,
} from "../settings.ts";
import { type DecodedSnapshot, decodeSnapshot, shapingOf } from "../snapshot.ts";
import { WorkspacePool } from "../workspace.ts";
import {
  attentionNow,
  expectedAttention,
  type JudgedAttribution,
  signedAttention,
} from "./attention.ts";
import { ModelOverrides } from "./overrides.ts";

export interface PastInput {
  /** In any order. */
  readonly rows: readonly Row[];
  /** As the store holds it; undefined before the first one is saved. */
  readonly state: Uint8Array | undefined;
  readonly model: ModelKey;
  /** The settings with which the model is judged. */
  readonly settings: EngineSettings;
  /** Names of the features that are wanted. */
  readonly features: readonly string[];
}

/** One feature at one time, in parts of the model's attention. */
export interface PastValue {
  /** Microseconds since 1970. */
  readonly at: number;
  /** Below 0 where its sign is not the usual one; NaN where it is absent. */
  readonly value: number;
  /** The band in which it was expected at this hour; undefined where none is known. */
  readonly low: number | undefined;
  readonly high: number | undefined;
}

export interface PastOfModel {
  /** Oldest first, by feature; every feature has the same times. */
  readonly values: ReadonlyMap<string, readonly PastValue[]>;
  /** Newest markers of the model, oldest first. */
  readonly changes: readonly AnnouncedChange[];
}

/** Cost: one transform for each attribution, in one memory of the model's size. */
export function pastValues(input: PastInput): PastOfModel {
  const { model, settings, features } = input;
  const source = settings.source(modelName(model).source);
  const rows = input.rows.filter(({ feature }) => !source.ignoredFeatures.has(feature));
  const known = knownState(input, rows);
  const slots = new Map(known.names.map((name, slot) => [name, slot]));
  const values = new Map(features.map((feature): [string, PastValue[]] => [feature, []]));
  for (const attribution of attributionsOf(rows, source)) {
    const judged = observed(known, slots, attribution);
    for (const [feature, list] of values) {
      const slot = slots.get(feature);
      if (slot !== undefined) list.push(valueOf(judged, { slot, at: attribution.at }));
    }
  }
  return { values, changes: known.changes };
}

/** A decoded state that values can be compared with. */
export interface KnownState {
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  readonly kind: JudgedAttribution["kind"];
  readonly changes: readonly AnnouncedChange[];
  /** Undefined before the first attribution. */
  readonly assembly: Assembly | undefined;
  readonly pool: WorkspacePool;
}

/** Decodes a state. If nothing is learned yet, values are shares, and there is no expected band. */
export function knownState(
  { state, model, settings }: Pick<PastInput, "state" | "model" | "settings">,
  rows: readonly Row[],
): KnownState {
  const { source } = modelName(model);
  const { transform: wanted } = settings.source(source);
  const saved = state && decodeSnapshot(state, () => shapingOf(settings, source));
  const names = saved?.names ?? [];
  const newcomers = [...new Set(rows.map(({ feature }) => feature))]
    .filter((name) => !names.includes(name))
    .toSorted();
  const all = [...names, ...newcomers];
  const memory = memoryOf(saved, all.length, wanted);
  const overrides = new ModelOverrides(settings.overrides ?? [], model);
  if (!overrides.isEmpty) memory.judgeAt((slot) => overrides.of(all[slot]!).sensitivity);
  const changes = saved?.facts.announced ?? [];
  const { assembly } = saved?.facts ?? {};
  const pool = new WorkspacePool();
  return { memory, names: all, kind: kindOf(memory, wanted), changes, assembly, pool };
}

/** Before anything is learned there is no common scale. */
function kindOf(memory: ModelMemory, wanted: Transform): JudgedAttribution["kind"] {
  const settled = settledTransform(wanted, memory.nFeatures);
  if (settled === "none" || memory.shape.raw) return "none";
  return expectedTotal(memory) === 0 ? "share" : settled;
}

function memoryOf(
  saved: DecodedSnapshot | undefined,
  nFeatures: number,
  kind: SourceSettings["transform"],
): ModelMemory {
  const raw = settledTransform(kind, nFeatures) === "none";
  if (saved === undefined) return new ModelMemory({ nFeatures, uses: [], raw });
  const { memory } = saved;
  return nFeatures === memory.nFeatures ? memory : memory.grown(nFeatures, memory.shape.raw);
}

interface PastAttributionRows {
  /** Time of its newest row, microseconds. */
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
}

function attributionsOf(
  rows: readonly Row[],
  { assemblyWindowUs, predictionWindowUs }: SourceSettings,
): readonly PastAttributionRows[] {
  const sorted = rows.filter(({ ts }) => Number.isFinite(ts)).toSorted((a, b) => a.ts - b.ts);
  return predictionWindowUs === undefined
    ? assembled(sorted, assemblyWindowUs)
    : meansOver(sorted, predictionWindowUs);
}

/** Rows within one window belong together, until a feature comes again. */
function assembled(sorted: readonly Row[], windowUs: number): readonly PastAttributionRows[] {
  const all: { start: number; at: number; values: Map<string, number> }[] = [];
  for (const { ts, feature, importance } of sorted) {
    const open = all.at(-1);
    const again = open?.values.has(feature) === true;
    // A second value at the same time is a copy, or another exporter.
    if (again && open.at === ts) continue;
    if (open === undefined || again || ts >= open.start + windowUs)
      all.push({ start: ts, at: ts, values: new Map([[feature, importance]]) });
    else {
      open.values.set(feature, importance);
      open.at = ts;
    }
  }
  return all;
}

function observed(
  { memory, kind, pool }: KnownState,
  slots: ReadonlyMap<string, number>,
  { at, values }: PastAttributionRows,
): JudgedAttribution {
  memory.value.fill(Number.NaN);
  memory.seenAt.fill(Number.NaN);
  for (const [feature, importance] of values) {
    const slot = slots.get(feature)!;
    memory.value[slot] = Number.isFinite(importance) ? importance : Number.NaN;
    memory.seenAt[slot] = at;
  }
  const workspace = pool.of(memory.nFeatures);
  transform(kind, memory, { workspace, at });
  return { memory, workspace, kind };
}

function valueOf(
  judged: JudgedAttribution,
  { slot, at }: { readonly slot: number; readonly at: number },
): PastValue {
  const size = attentionNow(judged)[slot];
  const signed = signedAttention(judged, slot);
  const value = size === undefined ? Number.NaN : signed < 0 ? -size : size;
  return { at, value, ...expectedAttention(judged, { slot, at }) };
}
