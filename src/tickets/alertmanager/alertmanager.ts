/** A client of Alertmanager's API v2: posts alerts, and asks for its status. It knows nothing of incidents. */
import { validateHeaderValue } from "node:http";
import { z } from "zod";
import { messageOf } from "../../errors.ts";
import { exchange, type NoAnswer, type RawAnswer } from "../../http-exchange.ts";
import type { MayAct } from "../../permit.ts";
import { retryAfter } from "../retry-after.ts";
import { AlertmanagerError, type AlertmanagerErrorCode } from "./errors.ts";

export interface AlertmanagerOptions {
  /** Where it is, with its path prefix if it has one. */
  readonly url: string;
  /** User for basic authentication. Without it the token is sent as a bearer token. Default: none. */
  readonly user?: string | undefined;
  /** Asked for each request, so that a renewed one is used at once. Default: no credentials. */
  readonly token?: (() => string) | undefined;
  /** Certificates in PEM that are trusted beside those that Node knows. Asked for each request. Default: none. */
  readonly ca?: (() => string) | undefined;
  /** A whole request, in real milliseconds. Default 10000. */
  readonly deadlineMs?: number;
}

/** An alert of the API. Its labels identify it. Times are ms since 1970. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAtMs: number;
  /** When it is over, unless it is posted again before. A time that has passed ends it now. */
  readonly endsAtMs: number;
}

export interface Alertmanager {
  /** Posting the same labels again changes the alert. Throws AlertmanagerError, and what `mayAct` throws. */
  post(alert: Alert, mayAct?: MayAct): Promise<void>;
  /** @returns its version. Throws AlertmanagerError */
  status(): Promise<string>;
}

const statusShape = z.object({ versionInfo: z.object({ version: z.string() }) });
const maxBodyBytes = 1_000_000;

export function alertmanager(options: AlertmanagerOptions): Alertmanager {
  const ask = asking(options);
  return {
    async post({ labels, annotations, startsAtMs, endsAtMs }, mayAct) {
      const startsAt = new Date(startsAtMs).toISOString();
      const endsAt = new Date(endsAtMs).toISOString();
      const body = JSON.stringify([{ labels, annotations, startsAt, endsAt }]);
      const text = await ask({ method: "POST", path: "alerts", body, mayAct });
      // Alertmanager's answer is empty. If a login page answers instead, no alert was taken.
      if (text.trim() !== "" && parsed(text) === undefined) throw strange("a page");
    },
    async status() {
      const found = statusShape.safeParse(parsed(await ask({ method: "GET", path: "status" })));
      if (!found.success) throw strange("something else");
      return found.data.versionInfo.version;
    },
  };
}

interface Question {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly mayAct?: MayAct | undefined;
}

function asking({ url, user, token, ca, deadlineMs = 10_000 }: AlertmanagerOptions) {
  return async ({ method, path, body, mayAct }: Question): Promise<string> => {
    const login = token && readLogin(token, user);
    const reply = await exchange({
      method,
      url: new URL(`${url.replace(/\/+$/, "")}/api/v2/${path}`),
      headers: {
        accept: "application/json",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(login !== undefined && { authorization: login }),
      },
      body,
      deadlineMs,
      maxBodyBytes,
      ca,
      mayAct,
    });
    if ("failed" in reply) throw unanswered(reply);
    if (reply.status < 200 || reply.status > 299) throw refused(reply);
    return reply.text;
  };
}

/** @throws AlertmanagerError when the file cannot be read, or holds what no header can hold */
function readLogin(token: () => string, user: string | undefined): string {
  try {
    const login = authorization(token().trim(), user);
    validateHeaderValue("authorization", login);
    return login;
  } catch (error) {
    throw new AlertmanagerError(
      "DW_ALERTMANAGER_UNAUTHORIZED",
      `asking the Alertmanager: ${messageOf(error)}`,
      {
        hint: "Correct the file that alertmanager.token_file names. It is read again at every try.",
      },
    );
  }
}

const authorization = (secret: string, user: string | undefined): string =>
  user === undefined
    ? `Bearer ${secret}`
    : `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;

const failures = {
  unreachable: [
    "DW_ALERTMANAGER_UNREACHABLE",
    "Check alertmanager.url, the network to it, and its certificate (alertmanager.ca_file for a private CA).",
  ],
  timeout: ["DW_ALERTMANAGER_TIMEOUT", "It is slow; it is asked again by itself."],
  too_large: [
    "DW_ALERTMANAGER_PROTOCOL",
    "This is no answer of an Alertmanager; check alertmanager.url.",
  ],
} as const satisfies Record<NoAnswer["failed"], readonly [AlertmanagerErrorCode, string]>;

function unanswered({ failed, detail }: NoAnswer): AlertmanagerError {
  const [code, hint] = failures[failed];
  return new AlertmanagerError(code, `asking the Alertmanager: ${detail}`, { hint });
}

function refused({ status, headers }: RawAnswer): AlertmanagerError {
  const retryAfterMs = retryAfter(headers["retry-after"], headers.date, Date.now())?.ms;
  const [code, hint] = meaning(status);
  const message = `asking the Alertmanager: it answered ${status}`;
  return new AlertmanagerError(code, message, { hint, retryAfterMs });
}

function meaning(status: number): readonly [AlertmanagerErrorCode, string] {
  if (status === 401 || status === 403)
    return [
      "DW_ALERTMANAGER_UNAUTHORIZED",
      "Check alertmanager.user and the file that alertmanager.token_file names. It is read again at every try.",
    ];
  if (status < 400)
    return [
      "DW_ALERTMANAGER_PROTOCOL",
      "It redirects, and redirects are never followed: set alertmanager.url to the address that it really has.",
    ];
  if (status === 429 || status >= 500)
    return ["DW_ALERTMANAGER_UNAVAILABLE", "It is ill; it is asked again by itself."];
  return [
    "DW_ALERTMANAGER_REFUSED",
    "Check that alertmanager.url is an Alertmanager with API v2 (0.16 or newer), with its path prefix if it has one.",
  ];
}

function strange(what: string): AlertmanagerError {
  return new AlertmanagerError(
    "DW_ALERTMANAGER_PROTOCOL",
    `asking the Alertmanager: ${what} answers in its place`,
    { hint: "A proxy or a login page answers; check alertmanager.url." },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
