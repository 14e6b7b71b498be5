/** Faults that a test orders: what happens to the next matching request instead of its answer. */

export interface JiraFault {
  /** A method, or a function that says whether the method of a request fits. Default: any. */
  readonly method?: string | ((method: string) => boolean);
  /** Tested against the whole path. Default: any. */
  readonly path?: RegExp;
  /**
   * rate_limited: 429 · failed: 500 · unavailable: 503 · login_page: 200 with a page · unauthorized: 401 · hang: no
   * answer ever · drop: the connection breaks.
   * It happens before the request takes effect, or, with `afterEffect`, after it.
   *
   * late: the connection breaks, and the request takes effect three requests later, as if a proxy had held it back ·
   * doubled: the request takes effect twice, as if a proxy had sent it again.
   */
  readonly answer: JiraIllness | "late" | "doubled";
  readonly afterEffect?: true;
  /** How many fitting requests pass unharmed first. Default 0. */
  readonly after?: number;
  /** Called when a request meets it. */
  readonly onMet?: () => void;
}

/** What every request meets while a Jira is ill. */
export type JiraIllness =
  | "rate_limited"
  | "failed"
  | "unavailable"
  | "login_page"
  | "unauthorized"
  | "hang"
  | "drop";

export interface FaultQueue {
  readonly order: (fault: JiraFault) => void;
  /** The first ordered fault that fits, once. */
  readonly take: (method: string, path: string) => JiraFault | undefined;
}

export function createFaultQueue(): FaultQueue {
  const waiting: { readonly fault: JiraFault; passing: number }[] = [];
  return {
    order: (fault) => {
      waiting.push({ fault, passing: fault.after ?? 0 });
    },
    take(method, path) {
      const fitting = waiting.filter(({ fault }) => fits(fault, method, path));
      const met = fitting.find(({ passing }) => passing === 0);
      for (const one of fitting) one.passing = Math.max(one.passing - 1, 0);
      if (met === undefined) return undefined;
      waiting.splice(waiting.indexOf(met), 1);
      met.fault.onMet?.();
      return met.fault;
    },
  };
}

function fits(fault: JiraFault, method: string, path: string): boolean {
  const wanted = fault.method ?? method;
  if (typeof wanted === "function" ? !wanted(method) : wanted !== method) return false;
  return fault.path === undefined || fault.path.test(path);
}

interface HeldBack {
  readonly takeEffect: () => void;
  requests: number;
}

/** Requests that are still on their way. */
export class LateRequests {
  readonly #held: HeldBack[] = [];

  hold(takeEffect: () => void): void {
    this.#held.push({ takeEffect, requests: 3 });
  }

  /** Another request was answered. */
  passed(): void {
    for (const held of this.#held) held.requests -= 1;
    while (this.#held[0]?.requests === 0) this.#held.shift()?.takeEffect();
  }
}
