/** The contract of an executor: how a room carries out its kinds of effects. */
import type { MayAct } from "../permit.ts";
import type { Effect } from "../store/outbox/effect.ts";

export interface Attempt {
  /** Deterministic id of the effect. It is the idempotency key of the handler's writes to other systems. */
  readonly id: string;
  /** Counts from 1. */
  readonly attempt: number;
  /** An earlier attempt may have taken effect. Look up its result before you act. */
  readonly unknown: boolean;
  /** How long ago an earlier attempt was last about to act, ms; undefined if none was. */
  readonly sinceActMs?: number | undefined;
  /** Why the attempt before this one failed, and what to do about it; undefined when it did not fail. */
  readonly lastError?: string | undefined;
  /** Asks for a permit. Pass the permit to the code whose write must not happen twice. */
  readonly mayAct: MayAct;
  /**
   * Announces the names of what this attempt writes. They are stored before the next permit is given. Later attempts
   * get them.
   */
  readonly willWrite?: (names: readonly string[]) => void;
  /** Names that earlier attempts passed to `willWrite`. Each may have been written. */
  readonly mayHaveWritten?: readonly string[];
}

/**
 * The result of a handler that did not contact the dependency. It does not show whether the dependency is available.
 */
export interface Uncontacted<Event> {
  readonly events: readonly Event[];
  readonly contacted: false;
}

/** The result of an effect whose condition is not met yet. Nothing failed, and the effect is tried again. */
export interface NotYet {
  /** What the handler observed. It is stored as the effect's last error. */
  readonly notYet: string;
  readonly askAgainInMs: number;
  /** Set when the dependency was not contacted. */
  readonly contacted?: false;
}

/** The results of a handler that did not fail. */
export type Handled<Event> = readonly Event[] | Uncontacted<Event> | NotYet;

/** Declared as a method, because a handler of one kind of effect must fit a list of handlers of all kinds. */
interface Handling<E extends Effect, Subject, Event> {
  handle(effect: E, subject: Subject, attempt: Attempt): Promise<Handled<Event>>;
}

/**
 * Carries out one kind of effect. The events that it returns are about the same incident. They are recorded in the
 * transaction that marks the effect done.
 *
 * @throws any error; the effect is tried again later
 */
export type EffectHandler<E extends Effect, Subject, Event> = Handling<E, Subject, Event>["handle"];

/**
 * The handlers of a room, and the dependency that they need.
 *
 * `E` is the union of the room's effects, `Subject` the subject of an effect, `Event` what a handler returns.
 */
export interface EffectExecutor<E extends Effect, Subject, Event> {
  /**
   * The dependency of all effects of the room, such as `tracker`. Each dependency has its own dispatcher and breaker.
   */
  readonly dependency: string;
  /**
   * Effects of one incident with this key run one after the other; effects with different keys do not wait for each
   * other.
   */
  readonly orderKey: string;
  readonly handlers: {
    readonly [Kind in E["kind"]]: EffectHandler<Extract<E, { kind: Kind }>, Subject, Event>;
  };
  /** Whether an error means that the dependency is unavailable. Other errors mean that this one effect failed. */
  isUnavailable(error: unknown): boolean;
  /**
   * Checks by one cheap read whether the dependency works. It is the probe of the circuit breaker, so the probe writes
   * nothing. If left out, an effect is the probe.
   *
   * @throws what its handlers throw; settles within 10 s
   */
  readonly probe?: () => Promise<void>;
}

/** Executors of different rooms in one list. */
export type AnyExecutor<Subject, Event> = EffectExecutor<Effect, Subject, Event>;

/**
 * @returns a function from a kind of effect to its order key. It throws for a kind that no executor carries out,
 *   because such an effect would wait forever.
 */
export function orderKeys<Subject, Event>(
  executors: readonly AnyExecutor<Subject, Event>[],
): (kind: string) => string {
  const keys = new Map(
    executors.flatMap(({ orderKey, handlers }) =>
      Object.keys(handlers).map((kind): [string, string] => [kind, orderKey]),
    ),
  );
  return (kind) => {
    const key = keys.get(kind);
    if (key === undefined) throw new Error(`no executor carries out ${kind}`);
    return key;
  };
}
