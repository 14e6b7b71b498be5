/** Faults that a test orders: what the next matching request meets instead of its answer. */

export interface JiraFault {
  /** Default: any. */
  readonly method?: string;
  /** Tested against the whole path. Default: any. */
  readonly path?: RegExp;
  /**
   * rate_limited: 429 · failed: 500 · unavailable: 503 · login_page: 200 with a page · unauthorized: 401 · hang: no
   * answer ever · drop: the connection breaks.
   * All but the first before the request takes effect, or, with `afterEffect`, after it.
   */
  readonly answer:
    | "rate_limited"
    | "failed"
    | "unavailable"
    | "login_page"
    | "unauthorized"
    | "hang"
    | "drop";
  readonly afterEffect?: true;
  /** Called when a request meets it. */
  readonly onMet?: () => void;
}

/** What every request meets while a Jira is ill. */
export type JiraIllness = JiraFault["answer"];

export interface FaultQueue {
  readonly order: (fault: JiraFault) => void;
  /** The first ordered fault that fits, once. */
  readonly take: (method: string, path: string) => JiraFault | undefined;
}

export function createFaultQueue(): FaultQueue {
  const waiting: JiraFault[] = [];
  return {
    order: (fault) => {
      waiting.push(fault);
    },
    take(method, path) {
      const index = waiting.findIndex(
        (fault) =>
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || fault.path.test(path)),
      );
      const fault = index < 0 ? undefined : waiting.splice(index, 1)[0];
      fault?.onMet?.();
      return fault;
    },
  };
}
