/** The states of a partition that the consumer group assigned to us, and which may follow which. */

/**
 * - claiming: the reader is asked to take the partition over
 * - locating: the reader has it, and the brokers are asked where its log begins and ends
 * - reading: records are fetched
 * - delivering: the reader works on a batch
 * - backing_off: the reader rejected the batch; nothing is fetched for a while
 * - wrong_log: this is not the log that was read before; nothing is fetched any more
 * - releasing: the partition is given back as soon as the batch in work is done
 * - lost: the reader has forgotten the partition
 */
export type PartitionState =
  | "claiming"
  | "locating"
  | "reading"
  | "delivering"
  | "backing_off"
  | "wrong_log"
  | "releasing"
  | "lost";

/** Drawn in docs/explanation/states.md with the cause of each. */
export const partitionTransitions: Readonly<Record<PartitionState, readonly PartitionState[]>> = {
  claiming: ["locating", "lost"],
  locating: ["reading", "wrong_log", "releasing", "lost"],
  reading: ["delivering", "wrong_log", "releasing", "lost"],
  delivering: ["reading", "backing_off", "releasing", "lost"],
  backing_off: ["reading", "claiming", "releasing", "lost"],
  wrong_log: ["releasing", "lost"],
  releasing: ["lost"],
  lost: [],
};

/** Whether kafkajs may fetch records of the partition. */
export function isFetching(state: PartitionState): boolean {
  return state === "reading" || state === "delivering";
}

/** Whether the reader holds the partition, and must get `revoked` when the partition is left. */
export function isHeld(state: PartitionState): boolean {
  return state !== "claiming" && state !== "lost";
}
