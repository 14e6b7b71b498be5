/** The errors of the stream on Kafka. */
import { DriftwardenError, messageOf } from "../../errors.ts";
import { hintOfUnreachable } from "../../unknown-host.ts";

type KafkaStreamCode =
  | "DW_STREAM_UNREACHABLE"
  | "DW_STREAM_LOGIN_REFUSED"
  | "DW_STREAM_CERTIFICATE"
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

interface KafkaSign {
  readonly words: RegExp;
  readonly code: KafkaStreamCode;
  readonly hint: string;
}

/** What kafkajs and TLS say, however deep it is wrapped. */
const signs: readonly KafkaSign[] = [
  {
    words: /SASL|authentication|not supported mechanism/i,
    code: "DW_STREAM_LOGIN_REFUSED",
    hint: "Check sasl.username, sasl.mechanism and the file in sasl.password_file of stream.kafka.",
  },
  {
    words: /self.signed|certificate|wrong version number|EPROTO|packet length too long|altnames/i,
    code: "DW_STREAM_CERTIFICATE",
    hint: "Set stream.kafka.ssl to what the listener speaks; for a private CA start with NODE_EXTRA_CA_CERTS=/path/ca.pem.",
  },
];

/** Total: whatever the brokers or kafkajs say becomes a KafkaStreamError. */
export function asKafkaError(
  error: unknown,
  { brokers }: { readonly brokers: readonly string[] },
): DriftwardenError {
  if (error instanceof DriftwardenError) return error;
  const words = wordsOf(error);
  const sign = signs.find((known) => known.words.test(words));
  return new KafkaStreamError(
    sign?.code ?? "DW_STREAM_UNREACHABLE",
    `connecting to Kafka at ${brokers.join(", ")}: ${messageOf(error)}`,
    {
      hint:
        sign?.hint ??
        hintOfUnreachable(
          error,
          "Check that the brokers are up, that their advertised addresses can be reached from here, and that stream.kafka.ssl and sasl fit the listener.",
        ),
      retryable: sign === undefined,
      cause: error,
    },
  );
}

function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    words.push(inner.name, inner.message);
  }
  return words.join(" ");
}
