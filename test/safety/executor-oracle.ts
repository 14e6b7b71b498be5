/** Says whether an executor may have acted for a line. It shares no code with the executor. */
import type { ClockReading } from "../../src/permit.ts";

export interface ActSeen {
  readonly verb: string;
  readonly id: string;
  /** The engine was not written to, nor its log read, before this moment. */
  readonly at: ClockReading;
}

interface Counted {
  readonly id: string;
  readonly atNs: bigint;
}

/** A minute, without the time that may pass between the moment of an act and the executor's count of it. */
const windowNs = 50_000_000_000n;

interface OracleLimits {
  readonly all: number;
  readonly perContainer: number;
}

interface OracleAllowed {
  /** Ids of the containers that may be restarted. */
  readonly allowed: readonly string[];
  /** Ids of those whose logs may be read. */
  readonly readable: readonly string[];
}

export class ExecutorOracle {
  readonly #limits: OracleLimits;
  readonly #allowed: ReadonlySet<string>;
  readonly #readable: ReadonlySet<string>;
  readonly #effects = new Set<string>();
  #acts: Counted[] = [];

  constructor(may: OracleAllowed, limits: OracleLimits) {
    this.#limits = limits;
    this.#allowed = new Set(may.allowed);
    this.#readable = new Set(may.readable);
  }

  /** Why this act must not have followed from this line; undefined when it may have. */
  judge(act: ActSeen, line: string): string | undefined {
    if (act.verb === "logs") return this.#reading(act, line);
    const reason = this.#reason(act, line);
    this.#acts = [
      ...this.#acts.filter(({ atNs }) => act.at.monotonicNs - atNs < windowNs),
      { id: act.id, atNs: act.at.monotonicNs },
    ];
    return reason;
  }

  #reading({ id }: ActSeen, line: string): string | undefined {
    if (!this.#readable.has(id)) return "the logs of the container are not allowed";
    const request = objectIn(line);
    if (request?.["verb"] !== "logs") return "its logs were read for another verb";
    const { container, lines } = Object(request["arguments"]);
    if (container !== id) return "the logs of another container were asked for";
    return lines >= 1 && lines <= 200 ? undefined : "too many lines were read";
  }

  #reason(act: ActSeen, line: string): string | undefined {
    if (act.verb !== "restart") return `it did ${act.verb}`;
    if (!this.#allowed.has(act.id)) return "the container is not allowed";
    const request = objectIn(line);
    const permit = Object(request?.["permit"]);
    return (
      wrongRequest(request, act) ??
      wrongPermit(permit, act) ??
      this.#repeated(`${permit.effect} ${act.id}`) ??
      this.#beyond(act.id, act.at)
    );
  }

  #repeated(key: string): string | undefined {
    if (this.#effects.has(key)) return "the effect had acted on it before";
    this.#effects.add(key);
    return undefined;
  }

  #beyond(id: string, at: ClockReading): string | undefined {
    const recent = this.#acts.filter(({ atNs }) => at.monotonicNs - atNs < windowNs);
    const own = recent.filter((act) => act.id === id).length;
    return recent.length >= this.#limits.all || own >= this.#limits.perContainer
      ? "a limit was used up"
      : undefined;
  }
}

function wrongRequest(
  request: Record<string, unknown> | undefined,
  { id }: ActSeen,
): string | undefined {
  if (keysOf(request) !== "arguments,id,permit,verb") return "the request has other fields";
  if (request?.["verb"] !== "restart") return "another verb was asked for";
  const given = Object(request["arguments"]);
  if (keysOf(given) !== "container,grace_seconds") return "the arguments are others";
  return given.container === id ? undefined : "another container was asked for";
}

function wrongPermit(
  permit: Readonly<Record<string, unknown>>,
  { at }: ActSeen,
): string | undefined {
  if (keysOf(permit) !== "attempt,effect,monotonic_ns,wall_ms") return "the permit is none";
  const [untilNs, untilMs] = [String(permit["monotonic_ns"]), Number(permit["wall_ms"])];
  if (!/^\d+$/.test(untilNs)) return "the permit has no time";
  if (BigInt(untilNs) <= at.monotonicNs) return "the permit had expired";
  // Written so that a time that is not a number is none.
  if (!(untilMs > at.wallMs)) return "the permit had expired by the wall clock";
  // One clock is enough to end it, and the wall clock may have been set back.
  const isShort =
    BigInt(untilNs) <= at.monotonicNs + 60_000_000_000n || untilMs <= at.wallMs + 60_000;
  return isShort ? undefined : "the permit is good for too long";
}

function objectIn(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

const keysOf = (value: object | undefined): string =>
  Object.keys(value ?? {})
    .toSorted()
    .join();
