/**
 * One kafkajs consumer, from its connection to its end, with its partitions, its heartbeats and its watchdog.
 *
 *     connect ──► join the group ──► deliver … (rebalance: join again) ──► end, for one reason ──► disconnect
 *
 * A session ends once. The subscription then starts a new one (group-subscription.ts).
 *
 * # At a rebalance
 *
 * - Same member id as before: partitions that stay keep their consumer, and the reader keeps their state.
 * - New member id: the group had removed this process, and another one may have worked on its partitions. All
 *   partitions are lost and claimed again.
 *
 * # Failure handling
 *
 * - The consumer crashes: the session ends.
 * - No fetch and no heartbeat at five checks in a row, half a session timeout apart: the session ends. Checks are
 *   counted instead of time, so a paused process can join again first.
 * - Heartbeats continue, but a partition with records is not fetched: the session ends (stall-watch.ts).
 */

import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from "kafkajs";
import type { Logger } from "pino";
import type { StreamHealth } from "../stream-health.ts";
import type { FatalStop } from "./fatal-stop.ts";
import type { KafkaMetrics } from "./metrics.ts";
import {
  type FetchControl,
  PartitionConsumer,
  type PartitionConsumerOptions,
} from "./partition-consumer.ts";
import { StallWatch } from "./stall-watch.ts";
import { atMost } from "./waiting.ts";

export interface SessionOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  /** Number of partitions that get records. Further partitions of the topic stay empty and are not claimed. */
  readonly partitions: number;
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly partition: PartitionConsumerOptions;
  readonly health: StreamHealth;
  readonly fatal: FatalStop;
  readonly metrics: KafkaMetrics;
  readonly logger: Logger;
}

/** Errors of a heartbeat after which kafkajs joins the group again. */
const rejoinTypes: ReadonlySet<unknown> = new Set([
  "REBALANCE_IN_PROGRESS",
  "NOT_COORDINATOR_FOR_GROUP",
  "ILLEGAL_GENERATION",
  "UNKNOWN_MEMBER_ID",
]);

/** Offsets are committed only for tools that show the lag. Reading never starts from them. */
const commitEveryMs = 5000;

const stopped = "stopped";

/** One session, see the top of this file. */
export class GroupSession {
  readonly #options: SessionOptions;
  readonly #consumer: Consumer;
  readonly #partitions = new Map<number, PartitionConsumer>();
  /** Partition → a promise that settles when the former consumer of the partition no longer calls the reader. */
  readonly #released = new Map<number, Promise<void>>();
  #member = "";
  #over = false;
  #rejoin: Error | undefined;
  #signs = 0;
  #committedAt = 0;
  #end: (reason: string) => void = () => undefined;
  readonly #ended = new Promise<string>((resolve) => {
    this.#end = resolve;
  });

  constructor(options: SessionOptions) {
    this.#options = options;
    const { sessionTimeoutMs } = options;
    this.#consumer = options.kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs * 2,
      heartbeatInterval: Math.round(sessionTimeoutMs / 10),
      maxWaitTimeInMs: 250,
      // kafkajs processes all batches of a fetch before it joins a rebalance, so a fetch is small.
      maxBytes: 2_000_000,
      maxBytesPerPartition: 512_000,
      metadataMaxAge: 60_000,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      // If left out, kafkajs's default for consumers, 5, replaces the setting of the client.
      retry: { retries: 10 },
    });
  }

  get joined(): boolean {
    return this.#member !== "";
  }

  /**
   * Joins the group and delivers until the session ends.
   *
   * @returns why it ended. The partitions are released then, and the reader is no longer called.
   */
  async run(): Promise<string> {
    this.#listen();
    const starting = this.#start().catch((error: unknown) => this.#end(String(error)));
    const watchdog = this.#watch();
    const reason = await this.#ended;
    this.#over = true;
    clearInterval(watchdog);
    if (reason === stopped) await this.#finish();
    else await this.#forget();
    // During an outage leaving the group takes about nine seconds. The session waits only three.
    const left = starting.then(() => this.#consumer.disconnect());
    await atMost(3000, left);
    return reason;
  }

  stop(): void {
    this.#end(stopped);
  }

  async #start(): Promise<void> {
    const { topic } = this.#options;
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topic, fromBeginning: true });
    // The session ended while it was connecting. It must not join the group any more.
    if (this.#over) return;
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 3,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  #listen(): void {
    const { GROUP_JOIN, CRASH, FETCH, HEARTBEAT } = this.#consumer.events;
    const sign = (): void => void (this.#signs += 1);
    this.#consumer.on(FETCH, sign);
    this.#consumer.on(HEARTBEAT, sign);
    this.#consumer.on(GROUP_JOIN, (event) => this.#onJoin(event));
    this.#consumer.on(CRASH, ({ payload }) => this.#end(`crash: ${payload.error.message}`));
  }

  /** It must be synchronous: a fetch between the join and the pause would deliver from the wrong position. */
  #onJoin({ payload }: ConsumerGroupJoinEvent): void {
    const { topic, metrics, logger, health } = this.#options;
    const given = payload.memberAssignment[topic] ?? [];
    this.#consumer.pause([{ topic, partitions: given }]);
    const assigned = given.filter((partition) => partition < this.#options.partitions);
    // A consumer whose session has ended may still finish joining before it is disconnected.
    if (this.#over) return;
    metrics.count("group_joins");
    health.report("consume", undefined);
    this.#signs += 1;
    this.#rejoin = undefined;
    // A new member id shows that the group had removed this process. Others may have worked on its partitions.
    const continued = payload.memberId === this.#member;
    this.#member = payload.memberId;
    for (const partition of this.#partitions.keys()) {
      if (!continued || !assigned.includes(partition)) this.#lose(partition);
    }
    for (const partition of assigned) this.#take(partition);
    logger.info({ partitions: assigned, kept: continued }, "joined the consumer group");
  }

  #take(partition: number): void {
    const held = this.#partitions.get(partition);
    if (held !== undefined) return held.kept();
    const after = this.#released.get(partition) ?? Promise.resolve();
    const control = this.#fetchControl(partition);
    this.#partitions.set(
      partition,
      new PartitionConsumer(partition, { ...this.#options.partition, control, after }),
    );
  }

  #lose(partition: number): void {
    const lost = this.#partitions.get(partition);
    this.#partitions.delete(partition);
    if (lost !== undefined) this.#released.set(partition, lost.lose());
  }

  #fetchControl(partition: number): FetchControl {
    const { topic } = this.#options;
    const here = [{ topic, partitions: [partition] }];
    return {
      seek: (offset) => this.#steer((it) => it.seek({ topic, partition, offset: String(offset) })),
      resume: () => this.#steer((it) => it.resume(here)),
      pause: () => this.#steer((it) => it.pause(here)),
    };
  }

  /** A consumer that has crashed throws here, before it reports the crash. The crash then ends the session. */
  #steer(turn: (consumer: Consumer) => void): void {
    try {
      turn(this.#consumer);
    } catch (error) {
      this.#options.logger.debug({ err: error }, "the consumer has ended already");
    }
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    // kafkajs processes all fetched batches before it joins again, and the group would wait. So the rest is rejected.
    if (this.#rejoin !== undefined) throw this.#rejoin;
    const { partition, messages, highWatermark } = payload.batch;
    let failure: Error | undefined;
    const failed = (error: Error): void => {
      failure ??= error;
    };
    const beat = async (): Promise<void> => {
      await payload.heartbeat().catch(failed);
    };
    // Without these heartbeats the session would expire while the reader waits for a slow store.
    const beating = setInterval(() => void beat(), this.#options.sessionTimeoutMs / 10);
    try {
      const through = await this.#partitions
        .get(partition)
        ?.deliver(messages, Number(highWatermark));
      if (through !== undefined) payload.resolveOffset(String(through));
    } finally {
      clearInterval(beating);
    }
    if (failure === undefined) await beat();
    if (failure === undefined) await this.#commit(payload).catch(failed);
    if (failure === undefined) return;
    if ("type" in failure && rejoinTypes.has(failure.type)) this.#rejoin = failure;
    throw failure;
  }

  async #commit(payload: EachBatchPayload): Promise<void> {
    if (performance.now() - this.#committedAt < commitEveryMs) return;
    this.#committedAt = performance.now();
    await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets());
  }

  /**
   * Ends the session after five silent checks. They take 2.5 session timeouts, because joining may take two. Checks are
   * counted instead of time, so a paused process can join again.
   */
  #watch(): NodeJS.Timeout {
    const stalls = new StallWatch(this.#options.partition.bounds);
    let silent = 0;
    let seen = this.#signs;
    return setInterval(() => {
      silent = this.#signs === seen ? silent + 1 : 0;
      seen = this.#signs;
      if (silent >= 5) this.#end("stalled: no fetch and no heartbeat");
      void this.#endIfStalled(stalls);
    }, this.#options.sessionTimeoutMs / 2);
  }

  async #endIfStalled(stalls: StallWatch): Promise<void> {
    const partition = await stalls.check(this.#partitions);
    if (partition === undefined) return;
    this.#end(`stalled: partition ${partition} has records that are not fetched`);
  }

  async #finish(): Promise<void> {
    await Promise.all([...this.#partitions.values()].map((held) => held.finish()));
    await Promise.all(this.#released.values());
  }

  /** The group may assign the partitions to others at once. The next session waits until the reader has finished. */
  async #forget(): Promise<void> {
    for (const partition of this.#partitions.keys()) this.#lose(partition);
    await Promise.all(this.#released.values());
  }
}
