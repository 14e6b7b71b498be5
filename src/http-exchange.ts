/**
 * Sends one HTTP request and reads the whole answer, within a deadline and a maximum size. Never follows a redirect.
 * A failure is a value, which says whether the request may have reached the server.
 */
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plainRequest,
} from "node:http";
import { request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { messageOf } from "./errors.ts";
import { openTunnel, secured, type Trusted, trusting } from "./http-tunnel.ts";
import { type Permission, writePermitted } from "./permit.ts";

/** `mayAct` is asked when the connection stands, before the first byte of the request leaves. */
interface RawRequest extends Permission {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
  /** From first connecting to the last byte, milliseconds of real time. */
  readonly deadlineMs: number;
  readonly maxBodyBytes: number;
  /** The proxy to go through; undefined for none. */
  readonly proxy?: URL | undefined;
  /** Gives certificates (PEM) that are trusted beside Node's own authorities. If it throws, nothing is sent. */
  readonly ca?: (() => string) | undefined;
}

/** A request, and what it trusts. */
interface Question extends RawRequest {
  readonly trusted: Trusted;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface NoAnswer {
  readonly failed: "unreachable" | "timeout" | "too_large";
  readonly detail: string;
  /** Whether the request was sent, so that the server may have acted on it. */
  readonly sent: boolean;
}

export type RawReply = RawAnswer | NoAnswer;

/**
 * Sends the request once, on a connection of its own. The server may close a kept-alive connection at any time, and a
 * write on it would then have an unknown outcome.
 *
 * @throws nothing but what `mayAct` throws
 */
export async function exchange(request: RawRequest): Promise<RawReply> {
  const trusted = trustedBy(request);
  if ("failed" in trusted) return trusted;
  const question = { ...request, trusted };
  const { proxy, url, deadlineMs } = question;
  if (proxy === undefined) return ask(question);
  const startedAt = performance.now();
  const tunnel = openTunnel(proxy, url);
  const late = new AbortController();
  const deadline = setTimeout(() => {
    late.abort();
    tunnel.close();
  }, deadlineMs);
  const socket = await tunnel.standing.catch((error: unknown) => codeOf(error));
  clearTimeout(deadline);
  if (typeof socket === "string") {
    const isLate = late.signal.aborted;
    const said = isLate ? `no answer within ${deadlineMs / 1000} s` : socket;
    const failed = isLate ? "timeout" : "unreachable";
    return { failed, detail: `proxy ${proxy.host}: ${said}`, sent: false };
  }
  const leftMs = deadlineMs - (performance.now() - startedAt);
  return ask({ ...question, deadlineMs: leftMs }, socket);
}

function trustedBy({ ca }: RawRequest): Trusted | NoAnswer {
  try {
    return trusting(ca?.());
  } catch (error) {
    return { failed: "unreachable", detail: messageOf(error), sent: false };
  }
}

async function ask(question: Question, through?: Socket): Promise<RawReply> {
  let settle: (reply: RawReply) => void = ignore;
  let refuse: (error: unknown) => void = ignore;
  const settled = new Promise<RawReply>((resolve, reject) => {
    settle = resolve;
    refuse = reject;
  });
  const request = start(question, through);
  let sent = false;
  const fail = (failed: NoAnswer["failed"], detail: string): void => {
    settle({ failed, detail, sent });
    request.destroy();
  };
  const secure = question.url.protocol === "https:";
  const notSent = (error: unknown): void => {
    refuse(error);
    request.destroy();
  };
  const send = (): void => {
    if (request.destroyed) return;
    sent = true;
    request.end(question.body);
  };
  const write = (): void => void writePermitted(question, send).catch(notSent);
  request.once("socket", (socket) => {
    // The socket of a tunnel is connected already.
    if (secure || socket.connecting) socket.once(secure ? "secureConnect" : "connect", write);
    else write();
  });
  request.on("error", (error) => fail("unreachable", codeOf(error)));
  request.once("response", (response) => {
    response.on("error", (error) => fail("unreachable", codeOf(error)));
    readAll(response, question.maxBodyBytes).then(
      (text) =>
        text === undefined
          ? fail("too_large", `more than ${question.maxBodyBytes} bytes`)
          : settle({ status: response.statusCode ?? 0, headers: response.headers, text }),
      (error: unknown) => fail("unreachable", codeOf(error)),
    );
  });
  const deadline = setTimeout(
    () => fail("timeout", `no complete answer within ${Math.round(question.deadlineMs) / 1000} s`),
    question.deadlineMs,
  );
  try {
    return await settled;
  } finally {
    clearTimeout(deadline);
  }
}

function start({ url, method, headers, body, trusted }: Question, through?: Socket): ClientRequest {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const sent = { method, headers: { ...headers, ...length } } as const;
  const isSecure = url.protocol === "https:";
  if (through !== undefined) {
    const own = isSecure ? secured(through, url, trusted) : through;
    const options = { ...sent, createConnection: () => own };
    return isSecure ? tlsRequest(url, options) : plainRequest(url, options);
  }
  const options = { ...sent, agent: false } as const;
  return isSecure ? tlsRequest(url, { ...options, ...trusted }) : plainRequest(url, options);
}

/** @returns undefined when there is more than `maxBytes` */
async function readAll(response: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { code } = error as NodeJS.ErrnoException;
  return code ?? error.message;
}

function ignore(): void {}
