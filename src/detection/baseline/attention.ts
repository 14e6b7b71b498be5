/**
 * The scale on which people see a feature, in sentences, tables and charts. It is the feature's part of the model's
 * attention while all other features are as usual.
 *
 *     attention(v) = v / (usual total - |usual level| + |v|)        on the common scale
 *     attention(v) = v / usual total                                of shares, and of values in their own unit
 *
 * It rises with v, so a value outside its band stays outside. On the common scale it never exceeds 1. If only one
 * feature moved, its attention is its share of the newest attribution.
 */
import type { Explanation } from "../../../detectors/detector.ts";
import { sharesOf } from "../attribution/shares.ts";
import { expectedTotal, isWhole } from "../attribution/transform.ts";
import type { BlamedFeature } from "../event.ts";
import type { ModelMemory } from "../memory.ts";
import type { Transform } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import { expectedBand, explained, type Judged } from "./expectation.ts";

/** A value of the other sign counts as noise around zero if it is smaller than this part of the usual value. */
export const leastTurned = 0.1;
/** Where all other features have less than this part of the total, v is divided by the usual total. */
const leastOthers = 1e-6;

/** An attribution as it was judged. */
export interface JudgedAttribution {
  readonly memory: ModelMemory;
  readonly workspace: Pick<Workspace, "y" | "scores">;
  readonly kind: Exclude<Transform, "auto">;
}

/** Signed part of the attention that a transformed value of the feature has. */
export function attentionOf(
  { memory, kind }: Pick<JudgedAttribution, "memory" | "kind">,
  slot: number,
  value: number,
): number {
  const usual = expectedTotal(memory) || 1;
  const others = usual - Math.abs(memory.level[slot]!);
  if (kind !== "common_scale" || others < leastOthers * usual) return value / usual;
  return value / (others + Math.abs(value));
}

/** Attention of each feature now, ≥ 0; undefined where absent. */
export function attentionNow(judged: JudgedAttribution): readonly (number | undefined)[] {
  const { memory, workspace } = judged;
  const { after } = sharesOf(memory);
  // A fragment is not transformed.
  if (!isWhole(memory)) return after;
  return after.map((share, slot) =>
    share === undefined ? undefined : Math.abs(attentionOf(judged, slot, workspace.y[slot]!)),
  );
}

/** Attention of one feature now; below 0 where its sign is not that of its usual level, NaN where absent. */
export function signedAttention(judged: JudgedAttribution, slot: number): number {
  const { memory, workspace } = judged;
  return signOf(memory.level[slot]!) * attentionOf(judged, slot, workspace.y[slot]!);
}

export type BandOfAttention = Pick<BlamedFeature, "low" | "high">;
const noBand: BandOfAttention = { low: undefined, high: undefined };

/** The band in which one feature was expected. */
export function expectedAttention(
  judged: Pick<JudgedAttribution, "memory" | "kind">,
  { slot, at }: Judged,
): BandOfAttention {
  const band = expectedBand(judged.memory, { slot, at });
  if (band === undefined) return noBand;
  return upright(judged, { ...band, slot });
}

type ToldAttention = Pick<BlamedFeature, "before" | "after" | "span" | "turned" | "unit"> &
  BandOfAttention;

/** What is reported of one feature: before, now and expected, all on the same scale. */
export function toldAttention(judged: JudgedAttribution, { slot, at }: Judged): ToldAttention {
  const { memory, workspace, kind } = judged;
  const said = explained(memory, workspace, { slot, at });
  const unit = kind === "none" ? { unit: expectedTotal(memory) || 1 } : {};
  if (said?.unit === "value") return { ...held(judged, slot, said), ...unit };
  const before = sharesOf(memory).before[slot];
  const after = attentionNow(judged)[slot];
  // Deviations and frequencies are not parts of the attention.
  const band = said === undefined ? expectedAttention(judged, { slot, at }) : noBand;
  return { before, after, ...band, ...unit };
}

/** Compares the observed value with the value expected at this hour. */
function held(judged: JudgedAttribution, slot: number, said: Explanation): ToldAttention {
  const before = attentionOf(judged, slot, said.expected);
  const after = attentionOf(judged, slot, said.observed);
  const turned = before * after < 0 && Math.abs(after) >= leastTurned * Math.abs(before);
  const upside = signOf(said.expected) * after;
  return {
    before: Math.abs(before),
    after: turned ? Math.abs(after) : Math.max(upside, 0),
    ...upright(judged, { ...said, slot }),
    ...(said.span > 1 && { span: said.span }),
    ...(turned && { turned: [before, after] as const }),
  };
}

interface SlotBand {
  readonly slot: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** The band by size. If the feature is usually negative, its low end is the one nearer to zero. */
function upright(
  judged: Pick<JudgedAttribution, "memory" | "kind">,
  { slot, expected, low, high }: SlotBand,
): BandOfAttention {
  const sign = signOf(expected);
  const ends = [low, high].map((end) => Math.max(sign * attentionOf(judged, slot, end), 0));
  return { low: Math.min(...ends), high: Math.max(...ends) };
}

const signOf = (value: number): 1 | -1 => (value < 0 ? -1 : 1);
