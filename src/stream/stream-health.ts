/** Collects the parts of the stream that make no progress, with the reasons, for readiness. Both streams use it. */
import { type Health, healthOf } from "../health.ts";

export class StreamHealth {
  readonly #reasons = new Map<string, string>();

  /**
   * @param part for example `append`, `partition 3`
   * @param reason why the part makes no progress; undefined when it makes progress
   */
  report(part: string, reason: string | undefined): void {
    if (reason === undefined) this.#reasons.delete(part);
    else this.#reasons.set(part, reason);
  }

  /** Parts without progress for the same reason are named together. */
  health(): Health {
    const parts = new Map<string, string[]>();
    for (const [part, reason] of this.#reasons)
      parts.set(reason, [...(parts.get(reason) ?? []), part]);
    const reasons = [...parts].map(([reason, stuck]) => `${stuck.join(", ")}: ${reason}`);
    return healthOf(reasons.length === 0 ? undefined : reasons.join("; "));
  }
}
