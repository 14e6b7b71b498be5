/** Finds the band that the deciding detectors expected of a feature, and the value or mean that is outside it. */
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

/** The band of the feature by the first deciding detector that has one, or by its fallback. */
export function expectedBand(memory: ModelMemory, { slot, at }: Judged): Band | undefined {
  for (const active of deciding(memory)) {
    const band = active.band(slot, at);
    if (band !== undefined) return band;
  }
  return undefined;
}

/**
 * The band and the observed value outside it, for a feature beyond its boundary. Call it before the vector is learned.
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

/** The band, and the newest value or mean that is compared with it, inside or outside. */
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

/** A single value and its band. */
const alone = (band: Band | undefined, observed: number): Explanation | undefined =>
  band && { ...band, observed, span: 1, unit: "value" };
