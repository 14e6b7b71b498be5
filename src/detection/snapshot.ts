/** Saves a model as bytes and loads it: a JSON header with its facts, then its memory unchanged. */

import { noHabits } from "./attribution/cadence.ts";
import { alwaysAsked } from "./episode/silence.ts";
import { settingsHash } from "./event-id.ts";
import { ModelMemory, memoryVersion, ownBytes } from "./memory.ts";
import type { ModelFacts } from "./model-facts.ts";
import { knownAtFirstStart } from "./partition/admission-control.ts";
import type { DetectorUse, EngineSettings, Transform } from "./settings.ts";

/** Raised whenever the header's meaning changes; older states are dropped whole. */
const formatVersion = 1;

/** Raised whenever a changed rule or threshold may decide the same rows and bytes otherwise. */
const rulesVersion = 6;

interface Section {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly bytes: number;
}

/** Facts that headers of older versions lack. */
type Later = "since" | "rows" | "crossed" | "unasked" | "gaps";

interface Header {
  readonly format: number;
  /** Missing in states of the first version. */
  readonly rules?: string;
  readonly names: readonly string[];
  readonly raw: boolean;
  readonly sections: readonly Section[];
  readonly facts: Omit<ModelFacts, Later> & Partial<Pick<ModelFacts, Later>>;
}

export interface ModelParts {
  readonly names: readonly string[];
  readonly facts: ModelFacts;
  readonly memory: ModelMemory;
}

/**
 * Settings that the saved bytes depend on. With another transform, or another window of predictions, all numbers have
 * another meaning.
 */
export interface Shaping {
  readonly transform: Transform;
  /** Microseconds; undefined where each row is an importance. */
  readonly predictionWindowUs?: number | undefined;
  readonly uses: readonly DetectorUse[];
  /** Settings that shape no byte: when episodes open and close, and overrides. */
  readonly deciding: Pick<EngineSettings, "decision" | "overrides">;
}

/** The settings of a source's models that their saved bytes depend on. */
export function shapingOf(settings: EngineSettings, source: string): Shaping {
  const { transform, predictionWindowUs } = settings.source(source);
  return { transform, predictionWindowUs, uses: settings.detectors, deciding: settings };
}

/** @returns header length (4 bytes), header, memory */
export function encodeSnapshot({ names, facts, memory }: ModelParts, shaping: Shaping): Uint8Array {
  const { raw } = memory.shape;
  const sections = sectionsOf(memory, shaping);
  const header = Buffer.from(
    JSON.stringify({ format: formatVersion, rules: rulesOf(shaping), names, raw, sections, facts }),
  );
  const snapshot = Buffer.allocUnsafe(4 + header.length + memory.bytes.length);
  snapshot.writeUInt32LE(header.length, 0);
  snapshot.set(header, 4);
  snapshot.set(memory.bytes, 4 + header.length);
  return snapshot;
}

export interface DecodedSnapshot extends ModelParts {
  /** Sections that did not fit the settings and start empty: `own` or a detector's name. */
  readonly dropped: readonly string[];
  /**
   * Whether the state was saved with the same rules and the same version of every section. Then it decides as before.
   */
  readonly unchanged: boolean;
}

/** The facts that older headers lack, with the values that hold for older states. Stored in this order. */
function laterFacts({
  since = knownAtFirstStart,
  rows = {},
  crossed = 0,
  unasked = alwaysAsked,
  gaps = noHabits,
}: Header["facts"]): Pick<ModelFacts, Later> {
  return { since, rows, crossed, unasked, gaps };
}

/** @returns undefined when the bytes are of another format and nothing can be kept */
export function decodeSnapshot(
  snapshot: Uint8Array,
  shapedBy: (source: string) => Shaping,
): DecodedSnapshot | undefined {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const header = headerOf(bytes);
  if (header === undefined) return undefined;
  const { names, raw } = header;
  const facts = { ...header.facts, ...laterFacts(header.facts) };
  const shaping = shapedBy(facts.source);
  const memory = new ModelMemory({ nFeatures: names.length, uses: shaping.uses, raw });
  const saved = savedSections(header, bytes);
  const sections = sectionsOf(memory, shaping);
  const places = placed(sections, memory.bytes);
  const dropped = places.filter((place) => !takeOver(saved, place, memory)).map(({ name }) => name);
  const known = new Set(saved.map(key));
  const fits = sections.every((section) => known.has(key(section)));
  const unchanged = fits && header.rules === rulesOf(shaping);
  if (!dropped.includes("own")) return { names, facts, memory, dropped, unchanged };
  // Nothing that was learned from values in another unit may be kept.
  const empty = new ModelMemory(memory.shape);
  return { names, facts, memory: empty, dropped: sections.map(({ name }) => name), unchanged };
}

/** Copies a section that fits, or upgrades one of an older version. @returns false where nothing is kept */
function takeOver(
  saved: readonly PlacedSection[],
  { place, ...section }: PlacedSection,
  { nFeatures, uses }: ModelMemory,
): boolean {
  const fits = saved.find((one) => key(one) === key(section));
  if (fits?.place.length === place.length) {
    place.set(fits.place);
    return true;
  }
  const older = saved.find(
    ({ name, version }) => name === section.name && version < section.version,
  );
  const type = uses.find((use) => use.type.name === section.name)?.type;
  if (older === undefined || type?.upgrade === undefined) return false;
  const from = { nFeatures, bytes: older.place, version: older.version };
  return type.upgrade(from, { nFeatures, bytes: place });
}

function sectionsOf(
  memory: ModelMemory,
  { transform, predictionWindowUs }: Shaping,
): readonly Section[] {
  const { nFeatures, uses } = memory;
  const detectors = uses.map((use, i) => ({
    name: use.type.name,
    version: use.type.version,
    hash: settingsHash(shapeOf(use)),
    bytes: memory.sections[i]!.length,
  }));
  const hash = settingsHash(
    predictionWindowUs === undefined ? transform : { transform, predictionWindowUs },
  );
  const own = { name: "own", version: memoryVersion, hash, bytes: ownBytes(nFeatures) };
  return [own, ...detectors];
}

interface PlacedSection extends Section {
  readonly place: Uint8Array;
}

/** The sections one after the other in some bytes. */
function placed(sections: readonly Section[], bytes: Uint8Array): readonly PlacedSection[] {
  let end = 0;
  return sections.map((section) => {
    end += section.bytes;
    return { ...section, place: bytes.subarray(end - section.bytes, end) };
  });
}

/** What decisions depend on: version of the rules, settings of the detectors, decision settings and overrides. */
function rulesOf({ uses, deciding: { decision, overrides = [] } }: Shaping): string {
  const detectors = uses.map(({ type, params }) => ({ name: type.name, params }));
  return `${rulesVersion}/${settingsHash({ detectors, decision, overrides })}`;
}

const shapeOf = ({ type, params }: DetectorUse): unknown => type.shapedBy?.(params) ?? params;

const key = ({ name, version, hash }: Section): string => `${name}/${version}/${hash}`;

const savedSections = (header: Header, bytes: Buffer): readonly PlacedSection[] =>
  placed(header.sections, bytes.subarray(4 + bytes.readUInt32LE(0)));

function headerOf(bytes: Buffer): Header | undefined {
  try {
    const text = bytes.toString("utf8", 4, 4 + bytes.readUInt32LE(0));
    const header: Header = JSON.parse(text);
    return header.format === formatVersion ? header : undefined;
  } catch {
    return undefined;
  }
}
