/** From which age on an episode is too old to act on, or to open a ticket for at once. */

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
