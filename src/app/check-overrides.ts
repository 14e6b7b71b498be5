/** Checks `detection.overrides:` against the names in recent rows: entries that match nothing, or decide nothing. */

import type { Config } from "../config/schema.ts";
import {
  decidingFor,
  isFor,
  isForModel,
  type Override,
  shareSetting,
} from "../detection/baseline/overrides.ts";
import { type CheckFinding, doubtful, fine } from "../finding.ts";
import { modelKey } from "../model-key.ts";
import { nearest } from "../nearest.ts";
import { counted } from "../plural.ts";
import { overrideOf } from "./engine-settings.ts";

/** The names in the newest rows of one source; none where it could not be read. */
export interface SeenNames {
  readonly source: string;
  readonly models: ReadonlySet<string>;
  readonly features: ReadonlySet<string>;
}

/** @returns a finding for each entry that is probably a mistake; without any, one that counts the entries in use */
export function lookAtOverrides(
  { detection, sources }: Config,
  seen: readonly SeenNames[],
): readonly CheckFinding[] {
  const overrides = detection.overrides.map(overrideOf);
  const keys: string[] = [];
  const places = overrides.map(
    (): Place => ({ matched: false, decided: false, before: new Set() }),
  );
  for (const { source, models, features } of seen) {
    const { tenant = "", environment = "" } = sources[source] ?? {};
    const own = [...models].map((model) => modelKey({ tenant, environment, source, model }));
    keys.push(...own);
    const alike = representatives(features, (name) =>
      overrides.map((one) => isFor(one.feature, [name])),
    );
    for (const model of representatives(own, (key) => overrides.map((one) => isForModel(one, key))))
      for (const feature of alike)
        note(places, overrides, decidingFor(overrides, { model, feature }));
  }
  const unread = seen.some(({ models }) => models.size === 0);
  const findings = places.flatMap(
    (place, index) =>
      findingOf({ place, index, override: overrides[index]!, seen, keys, unread }) ?? [],
  );
  if (findings.length > 0) return findings;
  const used = places.filter(({ decided }) => decided).length;
  const rest =
    unread && used < places.length ? "; not every source has recent rows that could be read" : "";
  return [fine("overrides", `${used} of ${countOf(places.length)} in use${rest}`)];
}

/** One name for each group of names that all entries treat alike. A source may have thousands of names. */
function representatives(
  names: Iterable<string>,
  treatedAs: (name: string) => readonly boolean[],
): readonly string[] {
  const kinds = new Map<string, string>();
  for (const name of names) kinds.set(treatedAs(name).join(), name);
  return [...kinds.values()];
}

const countOf = (count: number): string => counted(count, "override is", "overrides are");

interface Place {
  matched: boolean;
  decided: boolean;
  /** Earlier entries that decided a setting which this entry names too. */
  readonly before: Set<number>;
}

function note(
  places: readonly Place[],
  overrides: readonly Override[],
  { matching, deciding }: ReturnType<typeof decidingFor>,
): void {
  for (const index of matching) {
    const place = places[index]!;
    place.matched = true;
    if (deciding.includes(index)) place.decided = true;
    for (const other of deciding)
      if (other < index && shareSetting(overrides[other]!, overrides[index]!))
        place.before.add(other);
  }
}

interface Looked {
  readonly place: Place;
  readonly index: number;
  readonly override: Override;
  readonly seen: readonly SeenNames[];
  /** Keys of all models that were seen. */
  readonly keys: readonly string[];
  /** Whether the names of a source are not known. */
  readonly unread: boolean;
}

function findingOf(looked: Looked): CheckFinding | undefined {
  const { place, index, unread } = looked;
  const key = `detection.overrides.${index}`;
  if (place.matched && place.decided) return undefined;
  if (place.matched) {
    const before = [...place.before].map((other) => `detection.overrides.${other}`);
    const comes = before.length === 1 ? "comes first and names" : "come first and name";
    return doubtful("overrides", {
      message: `${key} decides nothing: ${before.join(", ")} ${comes} the same settings`,
      hint: "Put the narrower entry first, or leave this one out.",
      key,
    });
  }
  // The entry may be for names that could not be read.
  if (unread) return undefined;
  return doubtful("overrides", {
    message: `${key} matches nothing in recent rows: ${unmatched(looked)}`,
    hint: hintOf(looked),
    key,
  });
}

const parts = ["source", "model", "feature"] as const;

const namesOf = (
  seen: readonly SeenNames[],
): Readonly<Record<(typeof parts)[number], string[]>> => ({
  source: seen.map(({ source }) => source),
  model: [...new Set(seen.flatMap(({ models }) => [...models]))],
  feature: [...new Set(seen.flatMap(({ features }) => [...features]))],
});

interface Unknown {
  readonly part: string;
  readonly pattern: string;
  readonly known: readonly string[];
}

/** The first part of the entry that no name fits by itself. */
function unknownPart({ override, seen, keys }: Looked): Unknown | undefined {
  const names = namesOf(seen);
  for (const part of parts) {
    const patterns = override[part];
    const known = names[part];
    const fitting = part === "model" ? [...known, ...keys] : known;
    if (patterns === undefined || isFor(patterns, fitting)) continue;
    return { part, pattern: patterns.join(", "), known };
  }
  return undefined;
}

function unmatched(looked: Looked): string {
  const part = unknownPart(looked);
  return part === undefined
    ? "each of its patterns fits something, but nothing fits them all"
    : `there is no ${part.part} ${part.pattern}`;
}

function hintOf(looked: Looked): string {
  const part = unknownPart(looked);
  const meant = part && nearest(part.pattern.replaceAll("*", ""), part.known);
  return meant === undefined ? "Correct its patterns, or leave it out." : `Did you mean ${meant}?`;
}
