/**
 * Makes one request to an endpoint, and says how far it came: name, connection, TLS, answer. It follows no redirect,
 * reads a bounded part of the body, and ends by its deadline whatever the other side does.
 */
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { codeOf, type HostAddress, isOwnFailure } from "./addresses.ts";

/** How far a request came before it failed. */
export type Stage = "connect" | "tls" | "answer" | "body";

export type Exchanged =
  | {
      readonly status: "answered";
      readonly code: number;
      readonly location: string | undefined;
      /** Its first bytes as text. */
      readonly body: string;
      /** Until the answer was complete, ms. */
      readonly tookMs: number;
    }
  | {
      readonly status: "failed";
      readonly stage: Stage;
      /** Code of the error; `timeout` at the deadline. */
      readonly code: string;
      /** This machine could not send it. */
      readonly isOurs: boolean;
    };

export interface EndpointRequest {
  readonly url: URL;
  /** The only addresses that are connected to. */
  readonly addresses: readonly HostAddress[];
  readonly timeoutMs: number;
}

/** More of a body is not needed to know what it says. */
const mostBody = 16 * 1024;

export function exchange({ url, addresses, timeoutMs }: EndpointRequest): Promise<Exchanged> {
  const begunMs = performance.now();
  return new Promise((resolve) => {
    let stage: Stage = "connect";
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, {
      agent: false,
      lookup: only(addresses),
      headers: {
        accept: "application/json, */*",
        "user-agent": "driftwarden",
        connection: "close",
      },
    });
    const end = (answer: Exchanged): void => {
      clearTimeout(deadline);
      resolve(answer);
      request.destroy();
    };
    const fail = (code: string, isOurs: boolean): void =>
      end({ status: "failed", stage, code, isOurs });
    const deadline = setTimeout(() => fail("timeout", false), timeoutMs);
    followStages(request, url, (now) => {
      stage = now;
    });
    request.on("error", (error) => fail(codeOf(error), isOwnFailure(error)));
    request.on("response", (response) => {
      stage = "body";
      readBody(response, (body) => {
        const { statusCode: code = 0, headers } = response;
        const tookMs = performance.now() - begunMs;
        end({ status: "answered", code, location: headers.location, body, tookMs });
      });
      response.on("error", (error) => fail(codeOf(error), false));
      response.on("aborted", () => fail("ECONNRESET", false));
    });
    request.end();
  });
}

function followStages(request: ClientRequest, url: URL, at: (stage: Stage) => void): void {
  const isTls = url.protocol === "https:";
  request.on("socket", (socket) => {
    socket.once("connect", () => at(isTls ? "tls" : "answer"));
    socket.once("secureConnect", () => at("answer"));
  });
}

function readBody(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk.subarray(0, mostBody - size));
    size += chunk.length;
    if (size >= mostBody) done(Buffer.concat(chunks).toString("utf8"));
  });
  response.on("end", () => {
    if (response.complete) done(Buffer.concat(chunks).toString("utf8"));
  });
}

/** A look-up that knows only these addresses. */
function only(addresses: readonly HostAddress[]): LookupFunction {
  return (_host, { all }, callback) => {
    if (all === true) callback(null, [...addresses]);
    else callback(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };
}
