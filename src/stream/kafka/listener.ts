/**
 * Asks a listener for its protocol and its login mechanisms after a failed connection. Sends no secret and writes
 * nothing.
 */
import { once } from "node:events";
import { type Socket, connect as tcp } from "node:net";
import { connect as tls } from "node:tls";
import { messageOf } from "../../errors.ts";
import type { KafkaConnection } from "./client.ts";
import { named, type TlsTexts } from "./tls.ts";

/** A listener, and how long it may take to answer. */
export interface AskedListener {
  /** `host:port` */
  readonly broker: string;
  readonly patienceMs: number;
}

/** ApiVersions v0 with correlation id 1 and no client id: every listener answers it before any login. */
const apiVersions = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

/** The login mechanisms that a listener accepts; `none` when it has no login. */
export type LoginMechanisms = "none" | readonly string[];

interface Place {
  readonly host: string;
  readonly port: number;
}

const placeOf = (broker: string): Place => {
  const colon = broker.lastIndexOf(":");
  const host = broker.slice(0, colon).replaceAll(/[[\]]/g, "");
  return { host, port: Number(broker.slice(colon + 1)) };
};

/** Whether the listener answers Kafka's protocol without TLS. */
export async function speaksPlaintext(asked: AskedListener): Promise<boolean> {
  return isAnswer(await exchange(tcp(placeOf(asked.broker)), apiVersions, asked));
}

/** Whether the listener completes or refuses a TLS handshake. A listener without TLS closes the connection. */
export async function speaksTls({ broker, patienceMs }: AskedListener): Promise<boolean> {
  const { host, port } = placeOf(broker);
  const socket = tls({ host, port, ...named(host), rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(patienceMs) });
    return true;
  } catch (error) {
    return /alert/i.test(messageOf(error));
  } finally {
    socket.destroy();
  }
}

/**
 * Sends a request inside TLS. Resolves with Kafka's answer or the end of the connection, or with undefined after the
 * time. A listener that does not trust the client's certificate ends the connection.
 */
export async function heardInTls(
  asked: AskedListener,
  texts: TlsTexts,
): Promise<"answer" | "end" | undefined> {
  const heard = await exchange(tlsTo(asked.broker, texts), apiVersions, asked);
  if (heard === "end") return heard;
  return isAnswer(heard) ? "answer" : undefined;
}

/** @returns undefined when the listener does not answer */
export async function loginMechanisms(
  asked: AskedListener,
  { ssl, sasl }: Pick<KafkaConnection, "ssl" | "sasl">,
): Promise<LoginMechanisms | undefined> {
  const isTls = ssl !== undefined && ssl !== false;
  const texts = typeof ssl === "function" ? ssl() : {};
  const socket = isTls ? tlsTo(asked.broker, texts) : tcp(placeOf(asked.broker));
  const answer = await exchange(socket, saslHandshake(sasl?.mechanism ?? "none"), asked);
  return isAnswer(answer) ? mechanismsIn(answer) : undefined;
}

function tlsTo(broker: string, texts: TlsTexts): Socket {
  const { host, port } = placeOf(broker);
  return tls({ host, port, ...named(host), ...texts, rejectUnauthorized: false });
}

/** SaslHandshake v1: the listener answers with all mechanisms that it accepts. */
function saslHandshake(mechanism: string): Buffer {
  const name = Buffer.from(mechanism.toUpperCase());
  const head = Buffer.from([0, 0, 0, 12 + name.length, 0, 17, 0, 1, 0, 0, 0, 1, 0xff, 0xff]);
  return Buffer.concat([head, Buffer.from([0, name.length]), name]);
}

/** ILLEGAL_SASL_STATE: the answer of a listener without login. */
const noLogin = 34;

function mechanismsIn(answer: Buffer): LoginMechanisms {
  if (answer.readInt16BE(8) === noLogin) return "none";
  const names: string[] = [];
  let at = 14;
  for (let left = answer.readInt32BE(10); left > 0; left--) {
    const length = answer.readInt16BE(at);
    names.push(answer.toString("utf8", at + 2, at + 2 + length));
    at += 2 + length;
  }
  return names;
}

/** An answer has the correlation id of the request. A TLS alert does not. */
const isAnswer = (answer: ListenerAnswer): answer is Buffer =>
  Buffer.isBuffer(answer) && answer.length >= 14 && answer.readInt32BE(4) === 1;

/** The bytes of the answer; `end` when the connection ended or failed; undefined without an answer in time. */
type ListenerAnswer = Buffer | "end" | undefined;

async function exchange(
  socket: Socket,
  request: Buffer,
  { patienceMs }: AskedListener,
): Promise<ListenerAnswer> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    socket.write(request);
    const first = await Promise.race([
      once(socket, "data", { signal }),
      once(socket, "close", { signal }),
    ]);
    const [data]: readonly unknown[] = first;
    return Buffer.isBuffer(data) ? data : "end";
  } catch {
    return signal.aborted ? undefined : "end";
  } finally {
    socket.destroy();
  }
}
