/** Says whether an executor may have acted for a line. It shares no code with the executor. */
import type { ClockReading } from "../../src/permit.ts";

export interface ActSeen {
  readonly verb: string;
  readonly id: string;
  /** The engine was not written to, nor its log read, before this moment. */
  readonly at: ClockReading;
}

interface Counted {
  readonly verb: string;
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
  readonly imagePlan: string;
  /** By container: of the only limit that may be set. */
  readonly memoryPlans: ReadonlyMap<string, string>;
}

export class ExecutorOracle {
  readonly #limits: OracleLimits;
  readonly #allowed: ReadonlySet<string>;
  readonly #readable: ReadonlySet<string>;
  readonly #imagePlan: string;
  readonly #memoryPlans: ReadonlyMap<string, string>;
  readonly #effects = new Set<string>();
  #acts: Counted[] = [];

  constructor(may: OracleAllowed, limits: OracleLimits) {
    this.#limits = limits;
    this.#allowed = new Set(may.allowed);
    this.#readable = new Set(may.readable);
    this.#imagePlan = may.imagePlan;
    this.#memoryPlans = may.memoryPlans;
  }

  /** Why this act must not have followed from this line; undefined when it may have. */
  judge(act: ActSeen, line: string): string | undefined {
    if (act.verb === "logs") return this.#reading(act, line);
    const reason = this.#reason(act, line);
    this.#acts = [
      ...this.#acts.filter(({ atNs }) => act.at.monotonicNs - atNs < windowNs),
      { verb: act.verb, id: act.id, atNs: act.at.monotonicNs },
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
    const expected = this.#expected(act);
    if (expected === undefined) return `it did ${act.verb} to what is not allowed`;
    const request = objectIn(line);
    const permit = Object(request?.["permit"]);
    return (
      wrongRequest(request, expected) ??
      wrongPermit(permit, act) ??
      this.#repeated(`${permit.effect} ${act.verb} ${act.id}`) ??
      this.#beyond(act)
    );
  }

  /** What has to be asked for before the act; undefined where nothing may lead to it. */
  #expected({ verb, id: container }: ActSeen): Expected | undefined {
    if (verb === "POST /images/prune")
      return { verb: "prune-images", given: { plan: this.#imagePlan } };
    if (!this.#allowed.has(container)) return undefined;
    if (verb === "restart") return { verb, given: { container }, also: "grace_seconds" };
    const plan = this.#memoryPlans.get(container);
    const isUpdate = verb === "update" && plan !== undefined;
    return isUpdate
      ? { verb: "update-memory", given: { container, plan }, also: "bytes" }
      : undefined;
  }

  #repeated(key: string): string | undefined {
    if (this.#effects.has(key)) return "the effect had acted on it before";
    this.#effects.add(key);
    return undefined;
  }

  #beyond({ verb, id, at }: ActSeen): string | undefined {
    const recent = this.#acts.filter(
      (act) => act.verb === verb && at.monotonicNs - act.atNs < windowNs,
    );
    const own = recent.filter((act) => act.id === id).length;
    return recent.length >= this.#limits.all || own >= this.#limits.perContainer
      ? "a limit was used up"
      : undefined;
  }
}

interface Expected {
  readonly verb: string;
  readonly given: Readonly<Record<string, string>>;
  /** Name of one more argument. The engine sees a plan only for one value of it. */
  readonly also?: string;
}

function wrongRequest(
  request: Record<string, unknown> | undefined,
  { verb, given: wanted, also }: Expected,
): string | undefined {
  if (keysOf(request) !== "arguments,id,permit,verb") return "the request has other fields";
  if (request?.["verb"] !== verb) return "another verb was asked for";
  const given = Object(request["arguments"]);
  const keys = [...Object.keys(wanted), ...(also === undefined ? [] : [also])];
  if (keysOf(given) !== keys.toSorted().join()) return "the arguments are others";
  const isOther = Object.entries(wanted).some(([key, value]) => given[key] !== value);
  return isOther ? "another container or plan was asked for" : undefined;
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
