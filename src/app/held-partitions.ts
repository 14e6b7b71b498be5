/**
 * Watches whether a live process holds every partition. After a kill the stream gives the partitions to others only
 * when the session or lease of the dead process has ended. Until then nobody judges their models, and no process is
 * ready.
 */
import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Health } from "../health.ts";
import { heartbeat, leaveGroup } from "../store/members/member.ts";
import { announceForm } from "../store/members/record-forms.ts";
import { unheldPartitions } from "../store/partitions/unheld.ts";
import type { Store } from "../store/store.ts";
import { formWithPlaces } from "../stream/codec.ts";
import { noteBlindTime } from "./blind-times.ts";
import type { StoredParts } from "./parts.ts";
import { type Stream, streamName } from "./stream.ts";

interface Watched {
  readonly store: Store;
  /** Its name in the store. */
  readonly stream: string;
  readonly partitions: number;
  readonly owner: string;
  /** A process without a heartbeat for this long counts as dead. */
  readonly ttlMs: number;
  /** The database's or the machine's clock, for the times that are noted. */
  readonly clock: Pick<Clock, "now">;
  /** Called once all partitions are held again after a time in which one was not. */
  readonly onUnheld?: (time: { readonly fromMs: number; readonly untilMs: number }) => void;
}

const defaultTtlMs = 10_000;
/** Pause between two looks while a partition is not held. */
const unheldPauseMs = 500;
/** A shorter time is not recorded: a restart, or a move of a partition between processes, takes less. */
const shortestNotedMs = 10_000;

/** The group of all live processes that share a stream. */
export const processGroup = (stream: string): string => `processes/${stream}`;

export class HeldPartitions {
  readonly #watched: Watched;
  readonly #group: string;
  readonly #stopping = new AbortController();
  readonly #working: Promise<void>;
  #unheld: readonly number[] | undefined;
  #unheldFromMs: number | undefined;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#group = processGroup(watched.stream);
    this.#working = this.#run();
  }

  health(): Health {
    if (this.#unheld === undefined)
      return { ok: false, reason: "it is not known yet who holds them" };
    if (this.#unheld.length === 0) return { ok: true };
    const which = this.#unheld.join(", ");
    return { ok: false, reason: `no process that lives holds partition ${which} of the stream` };
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  /** Records how long a partition had no process, because nobody judged its models in that time. */
  #noteTime(isUnheld: boolean): void {
    const { clock, onUnheld } = this.#watched;
    if (isUnheld) this.#unheldFromMs ??= clock.now();
    else if (this.#unheldFromMs !== undefined) {
      const time = { fromMs: this.#unheldFromMs, untilMs: clock.now() };
      if (time.untilMs - time.fromMs >= shortestNotedMs) onUnheld?.(time);
      this.#unheldFromMs = undefined;
    }
  }

  async #run(): Promise<void> {
    const { store, stream, partitions, owner, ttlMs } = this.#watched;
    const { signal } = this.#stopping;
    const me = { group: this.#group, owner };
    while (!signal.aborted) {
      try {
        // In a transaction, because it reads whether the schema still admits this program.
        await store.transaction(async (tx) => {
          await announceForm(tx, me, { form: formWithPlaces, ttlMs });
          await heartbeat(tx, me, ttlMs);
        });
        this.#unheld = await unheldPartitions(store, stream, { partitions, group: this.#group });
        this.#noteTime(this.#unheld.length > 0);
      } catch {
        // The store is unavailable. The part `store` of the readiness reports that.
      }
      const pauseMs = this.#unheld?.length === 0 ? ttlMs / 3 : Math.min(unheldPauseMs, ttlMs / 3);
      // In real time, as the heartbeats are.
      await timer(pauseMs, undefined, { signal }).catch(() => undefined);
    }
    await leaveGroup(store, me).catch(() => undefined);
  }
}

export function buildHeldPartitions(
  parts: StoredParts,
  { partitions }: Pick<Stream, "partitions">,
): void {
  const { config, store, owner, health, lifecycle, clock } = parts;
  const held = new HeldPartitions({
    store,
    stream: streamName(config),
    partitions,
    owner,
    ttlMs: defaultTtlMs,
    clock,
    onUnheld: (time) => noteBlindTime(parts, { what: "partitions", ...time }),
  });
  health.register("held partitions", () => held.health());
  lifecycle.onStop("held partitions", () => held.stop());
}
