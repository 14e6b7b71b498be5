/**
 * Takes over the state of an older version whose numbers have the same meaning. The newer version only appends numbers
 * to each series.
 */
import type { DetectorState, OlderState } from "../detector.ts";

/** Older versions whose numbers have the same meaning, with their floats a series, and the present floats a series. */
export interface Appended {
  readonly versions: readonly number[];
  readonly before: number;
  readonly after: number;
}

/** Bytes of this many series, a multiple of 8. */
export const seriesBytes = (nFeatures: number, stride: number): number =>
  Math.ceil((nFeatures * stride) / 2) * 8;

/** Copies the numbers of each series. Appended numbers keep their initial values. */
export const appendedTo =
  ({ versions, before, after }: Appended) =>
  (from: OlderState, to: DetectorState): boolean => {
    const { nFeatures } = to;
    if (!versions.includes(from.version)) return false;
    if (from.bytes.length !== seriesBytes(nFeatures, before)) return false;
    for (let slot = 0; slot < nFeatures; slot++) {
      const known = from.bytes.subarray(slot * before * 4, (slot + 1) * before * 4);
      to.bytes.set(known, slot * after * 4);
    }
    return true;
  };
