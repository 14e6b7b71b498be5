/** The errors of the stream on Kafka. */
import { DriftwardenError, messageOf } from "../../errors.ts";
import { hintOfUnreachable } from "../../unknown-host.ts";

type KafkaStreamCode =
  | "DW_STREAM_UNREACHABLE"
  | "DW_STREAM_LOGIN_REFUSED"
  | "DW_STREAM_MECHANISM"
  | "DW_STREAM_NOT_ALLOWED"
  | "DW_STREAM_LISTENER"
  | "DW_STREAM_CERTIFICATE"
  | "DW_STREAM_CERTIFICATE_NAME"
  | "DW_STREAM_CLIENT_CERTIFICATE"
  | "DW_STREAM_APPEND_FAILED"
  | "DW_STREAM_RECORD_TOO_LARGE"
  | "DW_STREAM_TOPIC_MISMATCH"
  | "DW_STREAM_TOPIC_REFUSED"
  | "DW_STREAM_RECREATED"
  | "DW_STREAM_TRUNCATED";

/** Thrown by everything in this folder. */
export class KafkaStreamError extends DriftwardenError<KafkaStreamCode> {
  /** A retryable error means that the brokers are unavailable. */
  override get unavailable(): boolean {
    return this.retryable;
  }
}

/** The error type of the broker, such as `MESSAGE_TOO_LARGE`, inside kafkajs's wrapping errors. */
export function brokerErrorType(error: unknown): string | undefined {
  for (let inner = error; inner instanceof Error; inner = inner.cause) {
    if ("type" in inner && typeof inner.type === "string") return inner.type;
  }
  return undefined;
}

/** Only an administrator of the brokers can grant a missing right. */
export const rightsHint =
  "Grant it: docs/how-to/kafka.md has the commands for all rights that Driftwarden needs.";

export const clientCertificateHint =
  "Give cert_file and key_file in stream.kafka.ssl: a certificate that a CA in the listener's truststore issued, and the key that belongs to it.";

interface KafkaSign {
  readonly words: RegExp;
  readonly code: KafkaStreamCode;
  readonly hint: string;
}

/** Patterns in the messages of kafkajs and TLS, at any depth of wrapping. The first match counts. */
const signs: readonly KafkaSign[] = [
  {
    words: /reading a (secret|certificate)/,
    code: "DW_STREAM_LOGIN_REFUSED",
    hint: "Mend the file that the message names: password_file of stream.kafka.sasl, or a file of stream.kafka.ssl.",
  },
  {
    words: /mechanism is not supported|not support the requested SASL/i,
    code: "DW_STREAM_MECHANISM",
    hint: "Set stream.kafka.sasl.mechanism to one that the listener takes: plain, scram-sha-256 or scram-sha-512.",
  },
  {
    words: /not authorized|authorization failed/i,
    code: "DW_STREAM_NOT_ALLOWED",
    hint: rightsHint,
  },
  {
    words: /SASL|authentication/i,
    code: "DW_STREAM_LOGIN_REFUSED",
    hint: "Check username and the file in sasl.password_file of stream.kafka. With SCRAM a user has a password for each mechanism.",
  },
  {
    words: /altnames|ALTNAME/,
    code: "DW_STREAM_CERTIFICATE_NAME",
    hint: "Name the brokers in stream.kafka.brokers and in their advertised.listeners as their certificate does, or have it issued for these names.",
  },
  {
    words:
      /alert (certificate|bad certificate|unknown ca|handshake)|alert number (40|42|45|46|48|116)|key values mismatch/i,
    code: "DW_STREAM_CLIENT_CERTIFICATE",
    hint: clientCertificateHint,
  },
  {
    words: /certificate (has expired|is not yet valid)/i,
    code: "DW_STREAM_CERTIFICATE",
    hint: "Renew the certificate of the broker. If it is valid today, set the clock of this machine.",
  },
  {
    words: /self.signed|certificate/i,
    code: "DW_STREAM_CERTIFICATE",
    hint: "Name the file of the CA that issued it in stream.kafka.ssl.ca_file.",
  },
  {
    words: /wrong version number|EPROTO|packet length too long|before secure TLS/i,
    code: "DW_STREAM_LISTENER",
    hint: "The listener speaks no TLS: set stream.kafka.ssl to false, or name the port of the listener with TLS.",
  },
];

/** A DriftwardenError stays unchanged, and any other error becomes a KafkaStreamError. */
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
