/** What the deciding detectors expected of a feature, and which value or mean crossed its boundary. */
import type { Band, Explanation } from "../../../detectors/detector.ts";
import type { ModelMemory } from "../memory.ts";
import type { Workspace } from "../workspace.ts";
import type { ActiveDetector } from "./active-detector.ts";

/** One feature of the vector that was judged last. */
export interface Judged {
  readonly slot: number;
  /** Microseconds since 1970. */
  readonly at: number;
}

/** What the first deciding detector that knows a feature, or its fallback, expected of it. */
export function expectedBand(memory: ModelMemory, { slot, at }: Judged): Band | undefined {
  for (const active of deciding(memory)) {
    const band = active.band(slot, at);
    if (band !== undefined) return band;
  }
  return undefined;
}

/**
 * What a feature beyond its boundary rests on: observed is outside the band. Call it before the vector is learned.
 *
 * @returns undefined where the feature is not beyond its boundary, or no deciding detector explains it
 */
export function explained(
  memory: ModelMemory,
  { y, scores }: Pick<Workspace, "y" | "scores">,
  { slot, at }: Judged,
): Explanation | undefined {
  if (!(scores[slot]! >= 1)) return undefined;
  return explanations(memory, y, { slot, at }).find(isOutside);
}

const isOutside = ({ observed, low, high }: Explanation): boolean =>
  observed < low || observed > high;

/** What the newest value, or a mean of the newest, is held against, whether it is outside or not. */
export function heldAgainst(
  memory: ModelMemory,
  y: Float64Array,
  judged: Judged,
): Explanation | undefined {
  return explanations(memory, y, judged)[0];
}

function explanations(
  memory: ModelMemory,
  y: Float64Array,
  { slot, at }: Judged,
): readonly Explanation[] {
  return deciding(memory).flatMap(
    (active) => active.explain(slot, y, at) ?? alone(active.band(slot, at), y[slot]!) ?? [],
  );
}

const deciding = ({ detectors }: ModelMemory): readonly ActiveDetector[] =>
  detectors.filter(({ use }) => use.deciding || use.fallback === true);

/** A single value held against its band. */
const alone = (band: Band | undefined, observed: number): Explanation | undefined =>
  band && { ...band, observed, span: 1, unit: "value" };
