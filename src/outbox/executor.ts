/** The contract between the outbox and the rooms that carry effects out. */
import type { MayAct } from "../permit.ts";
import type { Effect } from "../store/outbox/effect.ts";

export interface Attempt {
  /** Deterministic id of the effect: the idempotency key of whatever it does outside. */
  readonly id: string;
  /** 1 at first. */
  readonly attempt: number;
  /** An earlier attempt may have taken effect: look it up before doing it again. */
  readonly unknown: boolean;
  /** How long ago an earlier attempt last was about to act, ms; undefined when none got so far. */
  readonly sinceActMs?: number | undefined;
  /** Why the attempt before failed, and what to do about it; undefined when none did. */
  readonly lastError?: string | undefined;
  /** Hand it to whoever writes what must not be done twice. */
  readonly mayAct: MayAct;
}

/** The effect was done without asking its dependency anything, so the result says nothing about the dependency. */
export interface Unasked<Event> {
  readonly events: readonly Event[];
  readonly asked: false;
}

/** The dependency answered that what the effect waits for has not happened yet. Nothing failed, and it is asked again. */
export interface NotYet {
  /** What was seen; it stands as the effect's last error meanwhile. */
  readonly notYet: string;
  readonly askAgainInMs: number;
}

/** What may become of an effect that did not fail. */
export type Handled<Event> = readonly Event[] | Unasked<Event> | NotYet;

/** A method, so that a handler of one kind of effect fits a list of handlers of all kinds. */
interface Handling<E extends Effect, Subject, Event> {
  handle(effect: E, subject: Subject, attempt: Attempt): Promise<Handled<Event>>;
}

/**
 * Carries one kind of effect out and returns events about the same incident. They are recorded in the transaction that
 * marks the effect done.
 *
 * @throws whatever went wrong; the effect is tried again later
 */
export type EffectHandler<E extends Effect, Subject, Event> = Handling<E, Subject, Event>["handle"];

/**
 * What a room contributes to the outbox: how its effects are carried out, and what they need.
 *
 * `E` are the room's effects, `Subject` is what an effect is about, `Event` what can become of it.
 */
export interface EffectExecutor<E extends Effect, Subject, Event> {
  /** What all its effects need, such as `tracker`. It has a dispatcher and a circuit breaker of its own. */
  readonly dependency: string;
  /** Effects of one incident with this key run one after the other; those with different keys do not wait. */
  readonly orderKey: string;
  readonly handlers: {
    readonly [Kind in E["kind"]]: EffectHandler<Extract<E, { kind: Kind }>, Subject, Event>;
  };
  /** Whether an error says that the dependency itself is away, rather than that this one effect cannot be done. */
  isUnavailable(error: unknown): boolean;
}

/** Executors of different rooms in one list. */
export type AnyExecutor<Subject, Event> = EffectExecutor<Effect, Subject, Event>;

/**
 * @returns gives the order key of a kind of effect
 * @throws Error (when called) for a kind that no executor carries out: it would wait for ever
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
