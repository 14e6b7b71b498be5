/** Collects the health of all parts. Ready means that every part which is needed is ok. */
import { messageOf } from "../errors.ts";
import type { Health } from "../health.ts";

export interface PartHealth {
  readonly ok: boolean;
  /** Whether it is not ok, and the other parts continue without it. */
  readonly degraded: boolean;
  readonly reason: string | null;
}

export interface Readiness {
  /** Whether detection continues, and its decisions are stored. */
  readonly ready: boolean;
  /** Whether an optional part is not ok, so that an operator should look. */
  readonly degraded: boolean;
  readonly parts: Readonly<Record<string, PartHealth>>;
}

export interface HealthRegistry {
  /**
   * @param name of the part in `/-/ready`; for a dependency: `store`, `source:main`, `tracker`
   * @param check answers at once, from memory; if it throws, the part is not ok
   * @returns a function that removes the part
   */
  register(name: string, check: () => Health): () => void;
  readiness(): Readiness;
}

/** Parts that detection and the store do not need. While one is unavailable, its effects wait in the outbox. */
const optional = /^(tracker|engine|prometheus|services|comments|overdue|channel:.*)$/;

export function createHealth(): HealthRegistry {
  const checks = new Map<string, () => Health>();
  return {
    register(name, check) {
      checks.set(name, check);
      return () => {
        if (checks.get(name) === check) checks.delete(name);
      };
    },
    readiness() {
      const all = [...checks].map(([name, check]) => [name, partOf(name, ask(check))] as const);
      return {
        ready: all.every(([, { ok, degraded }]) => ok || degraded),
        degraded: all.some(([, { degraded }]) => degraded),
        parts: Object.fromEntries(all),
      };
    },
  };
}

const partOf = (name: string, { ok, reason }: Health): PartHealth => ({
  ok,
  degraded: !ok && optional.test(name),
  reason: reason ?? null,
});

function ask(check: () => Health): Health {
  try {
    return check();
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}
