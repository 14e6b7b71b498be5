/** The states of a partition that the consumer group assigned to this process, and their transitions. */

/**
 * - claiming: the reader claims the partition
 * - locating: the reader holds the partition, and the brokers are asked for the bounds of its log
 * - reading: records are fetched
 * - delivering: the reader works on a batch
 * - backing_off: the reader rejected the batch; nothing is fetched for a while
 * - wrong_log: the log is not the one that was read before; nothing is fetched any more
 * - releasing: the partition is released after the present batch
 * - lost: the reader has dropped the partition
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

/** The allowed transitions. docs/explanation/states.md shows the cause of each. */
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
