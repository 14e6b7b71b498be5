/** Metrics of what only the wiring sees as a whole. */
import { Gauge, type Registry } from "prom-client";

/** Adding the sizes up reads the catalogue: not at every scrape. */
const keptMs = 30_000;

/**
 * Shows how much room the store takes; nothing while it cannot be asked.
 *
 * @param sizeBytes asked at most every 30 s
 */
export function storeSizeMetric(registry: Registry, sizeBytes: () => Promise<number>): void {
  let askedAt = Number.NEGATIVE_INFINITY;
  new Gauge({
    name: "driftwarden_store_bytes",
    help: "Bytes on disk of the store's tables, with indexes; at most 30 s old.",
    registers: [registry],
    async collect() {
      if (performance.now() - askedAt < keptMs) return;
      askedAt = performance.now();
      const bytes = await sizeBytes().catch(() => undefined);
      if (bytes === undefined) this.remove();
      else this.set(bytes);
    },
  }).remove();
}
