/** The errors of the stream on Kafka. */
import { DriftwardenError } from "../../errors.ts";

type KafkaStreamCode =
  | "DW_STREAM_UNREACHABLE"
  | "DW_STREAM_APPEND_FAILED"
  | "DW_STREAM_RECORD_TOO_LARGE"
  | "DW_STREAM_TOPIC_MISMATCH"
  | "DW_STREAM_TOPIC_REFUSED"
  | "DW_STREAM_RECREATED"
  | "DW_STREAM_TRUNCATED";

/** Thrown by everything in this folder. */
export class KafkaStreamError extends DriftwardenError<KafkaStreamCode> {
  /** What may succeed later without anybody changing anything fails for the brokers' sake. */
  override get unavailable(): boolean {
    return this.retryable;
  }
}

/** The error type that the broker gave, such as `MESSAGE_TOO_LARGE`, through kafkajs's wrappings. */
export function brokerErrorType(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ("type" in inner && typeof inner.type === "string") return inner.type;
  }
  return undefined;
}
