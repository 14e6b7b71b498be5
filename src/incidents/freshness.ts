/** The age from which news is stale. No fix acts on an older row, and the ticket of an older episode waits a minute. */

const defaultFloorMs = 15 * 60_000;
const freshCadences = 3;

/**
 * @param cadenceMs the model's usual time between attributions; undefined while unknown
 * @param floorMs news no older than this is always fresh
 * @returns the age, ms
 */
export function staleAfterMs(cadenceMs = 0, floorMs = defaultFloorMs): number {
  return Math.max(floorMs, freshCadences * cadenceMs);
}
