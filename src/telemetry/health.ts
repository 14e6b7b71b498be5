/** Collects the health of all parts. Ready means that every part is ok. */
import { messageOf } from "../errors.ts";
import type { Health } from "../health.ts";

export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<
    Record<string, { readonly ok: boolean; readonly reason: string | null }>
  >;
}

export interface HealthRegistry {
  /**
   * @param name of the part, as it stands in `/-/ready`
   * @param check answers from memory, at once; one that throws counts as not ok
   * @returns takes the part off again
   */
  register(name: string, check: () => Health): () => void;
  readiness(): Readiness;
}

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
      const parts = Object.fromEntries([...checks].map(([name, check]) => [name, ask(check)]));
      return { ready: Object.values(parts).every((part) => part.ok), parts };
    },
  };
}

function ask(check: () => Health): { ok: boolean; reason: string | null } {
  try {
    const { ok, reason } = check();
    return { ok, reason: reason ?? null };
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}
