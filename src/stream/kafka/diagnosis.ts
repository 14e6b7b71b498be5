/** Finds out why a connection failed, where kafkajs only says that it was closed: the listener is asked what it speaks. */
import type { DriftwardenError } from "../../errors.ts";
import type { KafkaConnection } from "./client.ts";
import { asKafkaError, clientCertificateHint, KafkaStreamError } from "./errors.ts";
import { answersInTls, loginMechanisms, speaksPlaintext, speaksTls } from "./listener.ts";

type AskedConnection = Pick<KafkaConnection, "brokers" | "ssl" | "sasl">;
type Trouble = ConstructorParameters<typeof KafkaStreamError>;

/** Errors that a listener's answer may explain better. */
const vague: ReadonlySet<string> = new Set([
  "DW_STREAM_UNREACHABLE",
  "DW_STREAM_LISTENER",
  "DW_STREAM_LOGIN_REFUSED",
  "DW_STREAM_MECHANISM",
  "DW_STREAM_CLIENT_CERTIFICATE",
]);

/** The error in our words; the first broker that answers at all may give the reason. Takes some seconds at most. */
export async function diagnosed(
  error: unknown,
  connection: AskedConnection,
): Promise<DriftwardenError> {
  const known = asKafkaError(error, connection);
  if (!vague.has(known.code)) return known;
  for (const broker of connection.brokers) {
    const trouble = await troubleAt(broker, connection);
    if (trouble === undefined) continue;
    const [code, message, { hint }] = trouble;
    return new KafkaStreamError(code, `connecting to Kafka at ${broker}: ${message}`, {
      hint,
      cause: error,
    });
  }
  return known;
}

/** A certificate that cannot be used is what the first error says already. */
const troubleAt = (broker: string, connection: AskedConnection): Promise<Trouble | undefined> =>
  askedAt(broker, connection).catch(() => undefined);

async function askedAt(broker: string, connection: AskedConnection): Promise<Trouble | undefined> {
  const { ssl = false } = connection;
  if (ssl === false) {
    if (await speaksPlaintext(broker)) return loginTrouble(broker, connection);
    return (await speaksTls(broker)) ? tlsWanted : undefined;
  }
  if (await speaksPlaintext(broker)) return noTls;
  const texts = typeof ssl === "function" ? ssl() : {};
  if (await answersInTls(broker, texts)) return loginTrouble(broker, connection);
  return (await speaksTls(broker)) ? certificateWanted : undefined;
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
  broker: string,
  connection: AskedConnection,
): Promise<Trouble | undefined> {
  const mechanisms = await loginMechanisms(broker, connection);
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
    { hint: `Set stream.kafka.sasl.mechanism to ${taken.toLowerCase()}.` },
  ];
}

const noLoginThere: Trouble = [
  "DW_STREAM_LISTENER",
  "the listener takes no login, and stream.kafka.sasl gives one",
  { hint: "Name the port of the listener with SASL, or leave stream.kafka.sasl out." },
];
