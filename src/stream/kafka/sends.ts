/** Assigns records to partitions and produce calls. Pure. */
import type { Message } from "kafkajs";
import { encodeRecord } from "../codec.ts";
import { partitionOf } from "../partition.ts";
import type { StreamRecord } from "../record.ts";
import { KafkaStreamError } from "./errors.ts";

/** Most messages of one produce call. kafkajs copies the list for every message, so more would cost more time. */
const maxMessages = 500;
const maxBytes = 800_000;
/** Room for Kafka's own framing of a batch and of its records' headers. */
const framingBytes = 1000;
const messageFramingBytes = 100;

/** The header with the stream id of a record. */
export const streamHeader = "stream";

interface SendPlan {
  readonly partitions: number;
  readonly streamId: string;
  /** The broker's limit for one batch. */
  readonly maxMessageBytes: number;
  /** Called for each record that is left out as too large, with its number of rows: one or none. */
  readonly onTooLarge: (problem: KafkaStreamError, rows: number) => void;
}

/** Messages of one partition, small enough for one produce call. */
export type Send = Message[];

/**
 * Sorts records into produce calls. A tick goes to every partition; rows that are together too large are split.
 *
 * @returns the calls of each partition, in order
 * @throws KafkaStreamError DW_STREAM_RECORD_TOO_LARGE, before anything is sent, for a record without rows, such as a
 *   marker or a verdict: somebody waits for it
 */
export function planSends(records: readonly StreamRecord[], plan: SendPlan): Map<number, Send[]> {
  const limit = Math.min(maxBytes, plan.maxMessageBytes - framingBytes);
  const sends = new Map<number, Send[]>();
  const bytes = new Map<number, number>();
  const add = (partition: number, message: Message, size: number): void => {
    const calls = sends.get(partition) ?? [];
    sends.set(partition, calls);
    const last = calls.at(-1);
    const total = (bytes.get(partition) ?? 0) + size;
    if (last === undefined || last.length >= maxMessages || total > limit) {
      calls.push([message]);
      bytes.set(partition, size);
    } else {
      last.push(message);
      bytes.set(partition, total);
    }
  };
  const headers = { [streamHeader]: plan.streamId };
  for (const record of records) {
    const key = record.kind === "tick" ? record.kind : record.model;
    const targets =
      record.kind === "tick"
        ? Array.from({ length: plan.partitions }, (_, partition) => partition)
        : [partitionOf(key, plan.partitions)];
    for (const value of encodePieces(record, limit, plan.onTooLarge)) {
      const size = sizeOf(key, value);
      for (const partition of targets) add(partition, { key, value, partition, headers }, size);
    }
  }
  return sends;
}

type Encoded = ReturnType<typeof encodeRecord>;

const sizeOf = (key: string, value: Encoded): number =>
  Buffer.byteLength(value) + Buffer.byteLength(key) + messageFramingBytes;

function encodePieces(
  record: StreamRecord,
  limit: number,
  onTooLarge: SendPlan["onTooLarge"],
): readonly Encoded[] {
  const key = "model" in record ? record.model : "";
  const value = encodeRecord(record);
  const size = sizeOf(key, value);
  if (size <= limit) return [value];
  if (!("rows" in record)) throw tooLarge(record, size, limit);
  if (record.rows.length < 2) {
    onTooLarge(tooLarge(record, size, limit), record.rows.length);
    // The row is left out, but the record that closes the history of the model is still sent.
    if (record.kind !== "history" || !record.last || record.rows.length === 0) return [];
    return encodePieces({ ...record, rows: [] }, limit, onTooLarge);
  }
  const middle = record.rows.length >> 1;
  const parts = [record.rows.slice(0, middle), record.rows.slice(middle)];
  return parts.flatMap((rows, part) =>
    encodePieces(
      record.kind === "history"
        ? { ...record, rows, last: record.last && part === 1 }
        : { ...record, rows },
      limit,
      onTooLarge,
    ),
  );
}

function tooLarge(record: StreamRecord, size: number, limit: number): KafkaStreamError {
  const model = "model" in record ? record.model.slice(0, 100) : "";
  return new KafkaStreamError(
    "DW_STREAM_RECORD_TOO_LARGE",
    `a ${record.kind} record of model ${model} has ${size} bytes, the topic takes ${limit}`,
    {
      hint: `Raise max.message.bytes of the topic, or find out why one row of model ${model} is that large.`,
    },
  );
}
