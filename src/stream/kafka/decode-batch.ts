/**
 * Decodes the messages of a batch, and distinguishes a foreign record from a re-created topic.
 */
import type { KafkaMessage } from "kafkajs";
import type { LogEntry } from "../record-log.ts";

export interface DecodeOptions {
  /** Turns a message into a record; undefined when it belongs to another stream. */
  readonly decode: (message: KafkaMessage) => LogEntry["record"] | undefined;
  /** Asks the brokers whether the topic is still the one that was opened. Rejects while they are unreachable. */
  readonly isOurTopic: () => Promise<boolean>;
}

const foreign = { kind: "unreadable", error: "it belongs to another stream" } as const;

/**
 * A record of another stream is set aside if the topic is still the one that we opened.
 *
 * @returns `wrong_topic` if it is another topic. Undefined while the brokers are unreachable: fetch the messages again.
 */
export async function decodeBatch(
  messages: readonly KafkaMessage[],
  { decode, isOurTopic }: DecodeOptions,
): Promise<readonly LogEntry[] | "wrong_topic" | undefined> {
  const records = messages.map((message) => decode(message));
  if (records.includes(undefined)) {
    const isOurs = await isOurTopic().catch(() => undefined);
    if (isOurs !== true) return isOurs === false ? "wrong_topic" : undefined;
  }
  return messages.map(({ offset }, place) => ({
    offset: Number(offset),
    record: records[place] ?? foreign,
  }));
}
