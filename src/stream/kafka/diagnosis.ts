/** Finds the cause of a failed connection when kafkajs gives none. It asks the listener for its protocol and login. */
import type { DriftwardenError } from "../../errors.ts";
import { type KafkaConnection, saslMechanisms } from "./client.ts";
import { asKafkaError, clientCertificateHint, KafkaStreamError } from "./errors.ts";
import {
  type AskedListener,
  heardInTls,
  loginMechanisms,
  speaksPlaintext,
  speaksTls,
} from "./listener.ts";

type AskedConnection = Pick<KafkaConnection, "brokers" | "ssl" | "sasl">;

interface PatientConnection extends AskedConnection {
  /** How long a listener may take for one answer. Default: 2 s. */
  readonly patienceMs?: number;
}

type Trouble = ConstructorParameters<typeof KafkaStreamError>;

const defaultPatienceMs = 2000;

/** Errors that a listener's answer may explain better. */
const vague: ReadonlySet<string> = new Set([
  "DW_STREAM_UNREACHABLE",
  "DW_STREAM_LISTENER",
  "DW_STREAM_LOGIN_REFUSED",
  "DW_STREAM_MECHANISM",
  "DW_STREAM_CLIENT_CERTIFICATE",
]);

/**
 * The error as a DriftwardenError. The cause is taken from the first broker of the list that shows one. All brokers are
 * asked at once, because a firewall that drops packets delays each by seconds. It takes three times the patience at
 * most.
 */
export async function diagnosed(
  error: unknown,
  connection: PatientConnection,
): Promise<DriftwardenError> {
  const known = asKafkaError(error, connection);
  if (!vague.has(known.code)) return known;
  const [first] = await troublesOf(connection);
  if (first === undefined) return known;
  const [code, message, { hint }] = first.trouble;
  return new KafkaStreamError(code, `connecting to Kafka at ${first.broker}: ${message}`, {
    hint,
    cause: error,
  });
}

interface FoundTrouble {
  readonly broker: string;
  readonly trouble: Trouble;
}

/** In the order of the brokers. */
async function troublesOf(connection: PatientConnection): Promise<readonly FoundTrouble[]> {
  const { brokers, patienceMs = defaultPatienceMs } = connection;
  const found = await Promise.all(
    brokers.map(async (broker): Promise<readonly FoundTrouble[]> => {
      const trouble = await troubleAt({ broker, patienceMs }, connection);
      return trouble === undefined ? [] : [{ broker, trouble }];
    }),
  );
  return found.flat();
}

/** If asking fails, the first error already has the reason, for example an unusable certificate. */
const troubleAt = (
  listener: AskedListener,
  connection: AskedConnection,
): Promise<Trouble | undefined> => askedAt(listener, connection).catch(() => undefined);

async function askedAt(
  listener: AskedListener,
  connection: AskedConnection,
): Promise<Trouble | undefined> {
  const { ssl = false } = connection;
  if (ssl === false) {
    if (await speaksPlaintext(listener)) return loginTrouble(listener, connection);
    return (await speaksTls(listener)) ? tlsWanted : undefined;
  }
  if (await speaksPlaintext(listener)) return noTls;
  const texts = typeof ssl === "function" ? ssl() : {};
  const heard = await heardInTls(listener, texts);
  if (heard === "answer") return loginTrouble(listener, connection);
  return heard === "end" && (await speaksTls(listener)) ? certificateWanted : undefined;
}

const tlsWanted: Trouble = [
  "DW_STREAM_LISTENER",
  "the listener speaks TLS, and stream.kafka.ssl is false",
  {
    hint: "Set stream.kafka.ssl to true, or to {ca_file: …} for a private CA; or name the port of the listener without TLS.",
  },
];

const noTls: Trouble = [
  "DW_STREAM_LISTENER",
  "the listener speaks no TLS, and stream.kafka.ssl asks for it",
  { hint: "Name the port of the listener with TLS, or set stream.kafka.ssl to false." },
];

const certificateWanted: Trouble = [
  "DW_STREAM_CLIENT_CERTIFICATE",
  "the listener ends the connection after the TLS handshake: it asks for a client certificate that it trusts",
  { hint: clientCertificateHint },
];

async function loginTrouble(
  listener: AskedListener,
  connection: AskedConnection,
): Promise<Trouble | undefined> {
  const mechanisms = await loginMechanisms(listener, connection);
  const wanted = connection.sasl?.mechanism.toUpperCase();
  if (mechanisms === undefined) return undefined;
  if (mechanisms === "none") return wanted === undefined ? undefined : noLoginThere;
  const taken = mechanisms.join(", ");
  if (wanted === undefined) {
    return [
      "DW_STREAM_LOGIN_REFUSED",
      `the listener asks for a login with ${taken}, and stream.kafka.sasl is missing`,
      { hint: "Give stream.kafka.sasl: mechanism, username and password_file." },
    ];
  }
  if (mechanisms.includes(wanted)) return undefined;
  return [
    "DW_STREAM_MECHANISM",
    `the listener takes ${taken}, not ${wanted}`,
    { hint: hintOfMechanisms(mechanisms) },
  ];
}

/** A listener may accept mechanisms that Driftwarden does not support, such as those of a cloud. */
function hintOfMechanisms(taken: readonly string[]): string {
  const known = saslMechanisms.filter((mechanism) => taken.includes(mechanism.toUpperCase()));
  return known.length > 0
    ? `Set stream.kafka.sasl.mechanism to ${known.join(" or ")}.`
    : `Name the port of a listener that takes ${saslMechanisms.join(" or ")}; Driftwarden speaks no other.`;
}

const noLoginThere: Trouble = [
  "DW_STREAM_LISTENER",
  "the listener takes no login, and stream.kafka.sasl gives one",
  { hint: "Name the port of the listener with SASL, or leave stream.kafka.sasl out." },
];
