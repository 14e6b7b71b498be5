/** Saves a model as bytes and loads it: a JSON header with its facts, then its memory unchanged. */
import { knownAtFirstStart } from "./census.ts";
import { settingsHash } from "./event-id.ts";
import { ModelMemory, memoryVersion, ownBytes, upgradeOwn } from "./memory.ts";
import type { ModelFacts } from "./model-facts.ts";
import type { DetectorUse, Transform } from "./settings.ts";
import { alwaysAsked } from "./silence.ts";

/** Raised whenever the header's meaning changes; older states are dropped whole. */
const formatVersion = 1;

interface Section {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly bytes: number;
}

/** What older headers do not say. */
type Later = "since" | "rows" | "crossed" | "unasked";

interface Header {
  readonly format: number;
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

/** What shapes the engine's own section: with another transform all numbers mean something else. */
export interface Shaping {
  readonly transform: Transform;
  readonly uses: readonly DetectorUse[];
}

/** @returns header length (4 bytes), header, memory */
export function encodeSnapshot({ names, facts, memory }: ModelParts, shaping: Shaping): Uint8Array {
  const { raw } = memory.shape;
  const sections = sectionsOf(memory, shaping);
  const header = Buffer.from(
    JSON.stringify({ format: formatVersion, names, raw, sections, facts }),
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
  /** Whether every section is byte for byte as it was saved: then it has the same future as where it was saved. */
  readonly unchanged: boolean;
}

/** What a header says, or what holds of a state that was saved before headers said it. Stored in this order. */
function laterFacts({
  since = knownAtFirstStart,
  rows = {},
  crossed = 0,
  unasked = alwaysAsked,
}: Header["facts"]): Pick<ModelFacts, Later> {
  return { since, rows, crossed, unasked };
}

/** @returns undefined when the bytes are of another format and nothing can be kept */
export function decodeSnapshot(
  snapshot: Uint8Array,
  shapingOf: (source: string) => Shaping,
): DecodedSnapshot | undefined {
  const bytes = Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  const header = headerOf(bytes);
  if (header === undefined) return undefined;
  const { names, raw } = header;
  const facts = { ...header.facts, ...laterFacts(header.facts) };
  const shaping = shapingOf(facts.source);
  const memory = new ModelMemory({ nFeatures: names.length, uses: shaping.uses, raw });
  const saved = savedSections(header, bytes);
  const own = sectionsOf(memory, shaping);
  const dropped = own
    .filter((section, i) => !takeOver(saved, section, { memory, place: i - 1 }))
    .map(({ name }) => name);
  const known = new Set(saved.map(key));
  const unchanged = own.every((section) => known.has(key(section)));
  if (!dropped.includes("own")) return { names, facts, memory, dropped, unchanged };
  // Nothing learned of values in another unit may stay.
  const empty = new ModelMemory(memory.shape);
  return { names, facts, memory: empty, dropped: own.map(({ name }) => name), unchanged };
}

interface SavedSection extends Section {
  readonly saved: Uint8Array;
}

/** Copies a section that fits, or what an older version of it knows. @param place of the detector, -1 for the engine's own */
function takeOver(
  sections: readonly SavedSection[],
  section: Section,
  { memory, place }: { readonly memory: ModelMemory; readonly place: number },
): boolean {
  const into = place < 0 ? memory.bytes.subarray(0, section.bytes) : memory.sections[place]!;
  const fits = sections.find((one) => key(one) === key(section));
  if (fits?.saved.length === into.length) {
    into.set(fits.saved);
    return true;
  }
  const older = sections.find(
    ({ name, version }) => name === section.name && version < section.version,
  );
  if (older === undefined) return false;
  const { saved, version, hash } = older;
  if (place < 0) return hash === section.hash && upgradeOwn(saved, version, memory);
  const { nFeatures } = memory;
  const from = { nFeatures, bytes: saved, version };
  return memory.uses[place]!.type.upgrade?.(from, { nFeatures, bytes: into }) ?? false;
}

function sectionsOf(memory: ModelMemory, { transform }: Shaping): readonly Section[] {
  const { nFeatures, uses } = memory;
  const detectors = uses.map((use, i) => ({
    name: use.type.name,
    version: use.type.version,
    hash: settingsHash(shapeOf(use)),
    bytes: memory.sections[i]!.length,
  }));
  const own = {
    name: "own",
    version: memoryVersion,
    hash: settingsHash(transform),
    bytes: ownBytes(nFeatures),
  };
  return [own, ...detectors];
}

const shapeOf = ({ type, params }: DetectorUse): unknown => type.shapedBy?.(params) ?? params;

const key = ({ name, version, hash }: Section): string => `${name}/${version}/${hash}`;

function savedSections(header: Header, bytes: Buffer): readonly SavedSection[] {
  let offset = 4 + bytes.readUInt32LE(0);
  return header.sections.map((section) => {
    offset += section.bytes;
    return { ...section, saved: bytes.subarray(offset - section.bytes, offset) };
  });
}

function headerOf(bytes: Buffer): Header | undefined {
  try {
    const text = bytes.toString("utf8", 4, 4 + bytes.readUInt32LE(0));
    const header: Header = JSON.parse(text);
    return header.format === formatVersion ? header : undefined;
  } catch {
    return undefined;
  }
}
