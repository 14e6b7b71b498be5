/** Checks whether the names in a source's model column are models or versions of models. Pure. */
import { type CheckFinding, doubtful } from "../finding.ts";
import { type FamilyOf, familyOf, proposedTemplate } from "../model-family.ts";

/** The finding for a source that has versioned_names and no model column. */
export const withoutModels = (key: string): CheckFinding =>
  doubtful("versions", {
    message: "versioned_names changes nothing: no column names the model",
    hint: "Set columns.model of the source to the column whose names hold a version.",
    key: `${key}.versioned_names`,
  });

/** The time and the model name of a row. */
interface NamedRow {
  /** Microseconds since 1970. */
  readonly ts: number;
  readonly model: string | null;
}

interface VersionedSource {
  readonly versionedNames?: string;
  /** Key of the source in the configuration. */
  readonly key: string;
}

/** Names that follow each other in time and differ only in a number or a date are versions of one model. */
export function versionFindings(
  rows: readonly NamedRow[],
  { versionedNames, key }: VersionedSource,
): readonly CheckFinding[] {
  const spans = spansOf(rows);
  if (versionedNames !== undefined) return meltedFindings(spans, versionedNames, key);
  const found = successionOf(spans);
  if (found === undefined) return [];
  const { template, before, after } = found;
  return [
    doubtful("versions", {
      message: `${before} and then ${after} look like two versions of one model; each new name is a new model that warms up, and the one before it falls silent`,
      hint: `If they are, set versioned_names: ${JSON.stringify(template)} of the source.`,
      key: `${key}.versioned_names`,
    }),
  ];
}

export interface Versions {
  /** For `versioned_names`. */
  readonly template: string;
  readonly before: string;
  readonly after: string;
}

/** Two names of which the second may be the next version of the first; undefined when there are none. */
export const versionsIn = (rows: readonly NamedRow[]): Versions | undefined =>
  successionOf(spansOf(rows));

function successionOf(spans: ReadonlyMap<string, Span>): Versions | undefined {
  const template = proposedTemplate(spans.keys());
  if (template === undefined) return undefined;
  const succession = firstSuccession(spans, familyOf(template));
  if (succession === undefined) return undefined;
  const [before, after] = succession;
  return { template, before, after };
}

/** Versions follow each other in time. Names of one family with rows at the same time are probably different models. */
function meltedFindings(
  spans: ReadonlyMap<string, Span>,
  template: string,
  key: string,
): readonly CheckFinding[] {
  const family = familyOf(template);
  const side = sideBySide(spans, family);
  if (side === undefined) return [];
  const [one, other] = side;
  return [
    doubtful("versions", {
      message: `by versioned_names ${one} and ${other} are one model ${family(one)}, and both write at the same time: its values are a mixture of theirs`,
      hint: "If they are two models, make versioned_names narrower, as {name}-v{version} is, or leave it out. If one replaces the other now, this passes.",
      key: `${key}.versioned_names`,
    }),
  ];
}

/** @returns two names of one family whose times of writing overlap by at least half of the shorter one */
function sideBySide(
  spans: ReadonlyMap<string, Span>,
  family: FamilyOf,
): readonly [string, string] | undefined {
  const longest = new Map<string, { readonly name: string; readonly span: Span }>();
  for (const [name, span] of [...spans].toSorted(([, a], [, b]) => a.from - b.from)) {
    const before = longest.get(family(name));
    if (before !== undefined && overlaps(before.span, span)) return [before.name, name];
    if (before === undefined || before.span.until < span.until)
      longest.set(family(name), { name, span });
  }
  return undefined;
}

function overlaps(a: Span, b: Span): boolean {
  const shared = Math.min(a.until, b.until) - Math.max(a.from, b.from);
  return shared > 0 && shared * 2 >= Math.min(a.until - a.from, b.until - b.from);
}

interface Span {
  from: number;
  until: number;
}

function spansOf(rows: readonly NamedRow[]): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  for (const { model, ts } of rows) {
    if (model === null) continue;
    const span = spans.get(model) ?? { from: ts, until: ts };
    spans.set(model, { from: Math.min(span.from, ts), until: Math.max(span.until, ts) });
  }
  return spans;
}

/** @returns two names of one family, where the second begins after the first ends; undefined if any names overlap */
function firstSuccession(
  spans: ReadonlyMap<string, Span>,
  family: FamilyOf,
): readonly [string, string] | undefined {
  let found: readonly [string, string] | undefined;
  const newest = new Map<string, { readonly name: string; readonly until: number }>();
  for (const [name, { from, until }] of [...spans].toSorted(([, a], [, b]) => a.from - b.from)) {
    const before = newest.get(family(name));
    if (before !== undefined && before.until > from) return undefined;
    if (before !== undefined) found ??= [before.name, name];
    newest.set(family(name), { name, until });
  }
  return found;
}
