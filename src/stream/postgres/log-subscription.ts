/**
 * Shares the partitions of the log in the store with the other processes, and reads the partitions that this process
 * holds.
 *
 * # A round
 *
 *     heartbeat ──► renew our leases ──► our share ──► release the surplus, or take free partitions
 *
 *     share = partitions / processes, rounded down, and one more for the first (partitions mod processes) of them
 *
 * Every process sorts the same list of live processes, so the shares add up to all partitions. A round runs three times
 * within a lease, and at once when a process joins or leaves.
 *
 * # Failure handling
 *
 * - A process dies: its heartbeat and its leases end, and the others take its partitions.
 * - A process was paused for longer than its lease: the renewal shows which leases are lost. The reader drops the state
 *   of those partitions at once. Once another process has claimed them, the epoch makes the store refuse late writes
 *   (store/partitions/claim.ts).
 * - The store is unreachable: the round fails and is repeated. Health shows the reason.
 */

import type { Logger } from "pino";
import {
  acquireLease,
  heldLeases,
  type Lease,
  releaseLease,
  renewLeases,
} from "../../store/leases/lease.ts";
import { heartbeat, leaveGroup } from "../../store/members/member.ts";
import { notify } from "../../store/notify.ts";
import type { Store } from "../../store/store.ts";
import type { LogEntry, PartitionReader, Subscription } from "../record-log.ts";
import type { PostgresLogMetrics } from "./metrics.ts";
import { PartitionReading } from "./partition-reading.ts";
import { Slots } from "./slots.ts";
import { Wakeup } from "./wakeup.ts";

export interface SubscriptionOptions {
  readonly store: Store;
  readonly streamId: string;
  readonly partitions: number;
  /** Unique per process and start. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly reader: PartitionReader;
  readonly read: (partition: number, fromOffset: number) => Promise<readonly LogEntry[]>;
  readonly logger: Logger;
  readonly metrics: PostgresLogMetrics;
  /** Reports why a part makes no progress; called with undefined when it does again. */
  readonly report: (part: string, error: unknown) => void;
}

/** Partitions that are claimed or read at the same time: half of the store's connections. */
const mostAtOnce = 5;

interface Held {
  readonly lease: Lease;
  readonly reading: PartitionReading;
}

export class LogSubscription implements Subscription {
  readonly #options: SubscriptionOptions;
  readonly #group: string;
  readonly #held = new Map<number, Held>();
  /** Partitions that we no longer hold, but whose last batch is still being processed. */
  readonly #leaving = new Map<number, Promise<void>>();
  readonly #wakeup = new Wakeup();
  readonly #slots = new Slots(mostAtOnce);
  readonly #unlisten: readonly (() => void)[];
  #stopping = false;
  readonly #running: Promise<void>;
  #stopped: Promise<void> | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#group = `log/${options.streamId}`;
    const { store, streamId } = options;
    this.#unlisten = [
      store.listen("log", (stream) => {
        if (stream !== "" && stream !== streamId) return;
        for (const { reading } of this.#held.values()) reading.wake();
      }),
      store.listen("members", (group) => {
        if (group === "" || group === this.#group) this.#wakeup.ring();
      }),
    ];
    this.#running = this.#run();
  }

  /** Partition that this process reads → offset of the next record that detection has not processed yet. */
  positions(): ReadonlyMap<number, number> {
    const known = [...this.#held].flatMap(
      ([
        partition,
        {
          reading: { next },
        },
      ]) => (next === undefined ? [] : [[partition, next] as const]),
    );
    return new Map(known);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping = true;
    this.#wakeup.ring();
    for (const unlisten of this.#unlisten) unlisten();
    await this.#running;
    for (const partition of this.#held.keys()) this.#giveBack(partition);
    await Promise.all(this.#leaving.values());
    const { store, owner, logger, metrics, report } = this.#options;
    await leaveGroup(store, { group: this.#group, owner }).catch((error: unknown) => {
      logger.warn({ err: error }, "leaving the group failed; the others notice by themselves");
    });
    metrics.held.set(0);
    report("partitions", undefined);
  }

  async #run(): Promise<void> {
    const { leaseMs, metrics, report } = this.#options;
    while (!this.#stopping) {
      metrics.count("balances");
      try {
        await this.#balance();
        report("partitions", undefined);
      } catch (error) {
        metrics.count("balance_failures");
        report("partitions", error);
      }
      metrics.held.set(this.#held.size);
      if (!this.#stopping) await this.#wakeup.wait(leaseMs / 3);
    }
  }

  async #balance(): Promise<void> {
    const { store, owner, leaseMs, partitions } = this.#options;
    const live = await heartbeat(store, { group: this.#group, owner }, leaseMs);
    await this.#renew();
    const place = live.indexOf(owner);
    // The heartbeat of this process has expired in a pause, so the process is not in the list. The next round counts
    // again.
    if (place === -1) return;
    // Every process sorts the same list, so the shares add up to all partitions.
    const share = Math.floor(partitions / live.length) + (place < partitions % live.length ? 1 : 0);
    const surplus = [...this.#held.keys()].slice(share);
    for (const partition of surplus) this.#giveBack(partition);
    if (this.#held.size < share) await this.#takeUpTo(share);
  }

  async #renew(): Promise<void> {
    const { store, leaseMs, logger } = this.#options;
    const leases = [...this.#held.values()].map(({ lease }) => lease);
    if (leases.length === 0) return;
    const ours = await renewLeases(store, leases, leaseMs);
    for (const [partition, { lease, reading }] of this.#held) {
      if (ours.has(lease.name)) continue;
      logger.warn({ partition }, "partition lost: its lease expired");
      this.#held.delete(partition);
      reading.lose();
      this.#leave(partition, reading.ended);
    }
  }

  async #takeUpTo(share: number): Promise<void> {
    const { store, owner, leaseMs, partitions } = this.#options;
    const names = Array.from({ length: partitions }, (_, partition) => this.#leaseName(partition));
    const held = await heldLeases(store, names);
    const untilMs = performance.now() + leaseMs / 3;
    for (const [partition, name] of names.entries()) {
      if (this.#held.size >= share || this.#stopping) return;
      // The leases taken so far must be renewed in time. The next round takes the rest.
      if (performance.now() > untilMs) return this.#wakeup.ring();
      if (held.has(name) || this.#leaving.has(partition)) continue;
      const lease = await acquireLease(store, { name, owner, ttlMs: leaseMs });
      if (lease !== undefined)
        this.#held.set(partition, { lease, reading: this.#start(partition) });
    }
  }

  #start(partition: number): PartitionReading {
    const { read, report } = this.#options;
    return new PartitionReading({
      ...this.#options,
      partition,
      slots: this.#slots,
      read: (fromOffset) => read(partition, fromOffset),
      report: (error) => report(`partition ${partition}`, error),
    });
  }

  /** Releases a partition in the background. So its last batch does not delay the renewal of the other leases. */
  #giveBack(partition: number): void {
    const held = this.#held.get(partition);
    if (held === undefined) return;
    this.#held.delete(partition);
    this.#leave(partition, this.#release(held));
  }

  async #release({ lease, reading }: Held): Promise<void> {
    const { store } = this.#options;
    await reading.finish();
    await releaseLease(store, lease);
    await notify(store, "members", this.#group);
  }

  #leave(partition: number, ending: Promise<void>): void {
    const quiet = ending
      .catch((error: unknown) => {
        this.#options.logger.warn(
          { err: error, partition },
          "releasing a partition failed; its lease expires",
        );
      })
      .finally(() => this.#leaving.delete(partition));
    this.#leaving.set(partition, quiet);
  }

  #leaseName(partition: number): string {
    return `${this.#group}/${partition}`;
  }
}
