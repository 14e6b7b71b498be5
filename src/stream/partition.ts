/** Assigns a model to a partition, for both streams. The order of records depends on it, so the hash never changes. */

/** FNV-1a, 32 bits (Fowler, Noll, Vo, 1991): offset basis and prime. */
const basis = 0x811c9dc5;
const prime = 0x01000193;
const utf8 = new TextEncoder();

/**
 * @param key any text, for example a model key
 * @param partitions ≥ 1
 * @returns 0 … partitions - 1, the same for the same key on every machine
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = basis;
  for (const byte of utf8.encode(key)) hash = Math.imul(hash ^ byte, prime);
  // The high bits are mixed best. They are folded in, because the remainder by a power of two uses only the low bits.
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}
