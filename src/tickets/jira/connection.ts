/**
 * Wraps jira-client: keeps its methods and paths, and replaces its HTTP exchange, credentials and errors by our own.
 */
import JiraApi, { type RequestOptions } from "jira-client";
import type { z } from "zod";
import { DriftwardenError } from "../../errors.ts";
import { exchange, type RawAnswer, type RawReply } from "../../http-exchange.ts";
import type { ClockReading, MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { TicketsMetrics } from "../metrics.ts";
import { jiraError } from "./errors.ts";
import { judge, mendMs, type Operation } from "./judge.ts";
import type { JiraPace } from "./pace.ts";
import type { JiraPause } from "./pause.ts";
import { type Environment, proxyFor } from "./proxy.ts";
import { Secret } from "./secret.ts";

export interface JiraConnectionOptions {
  /** Where Jira is, with its context path; plain http only on loopback. */
  readonly url: string;
  /** Account for basic authentication; unused with bearer. */
  readonly user: string;
  /** A function is asked for each request, so that a token that was renewed is used at once. */
  readonly token: string | (() => string);
  /** basic: Cloud, user and API token; bearer: Data Center, personal access token. Default basic. */
  readonly auth?: "basic" | "bearer";
  /** A whole request, in real milliseconds. Default 20000. */
  readonly deadlineMs?: number;
  /** HTTPS_PROXY and NO_PROXY are read from it. Default: no proxy. */
  readonly environment?: Environment;
  /** Returns certificates in PEM that are trusted besides those of Node. Called for each request. Default: none. */
  readonly ca?: (() => string) | undefined;
  /** Larger answers are refused. Default 5 MB. */
  readonly maxBodyBytes?: number;
  /** Refuses requests while Jira limits everybody or refuses the login. Default: each request is sent. */
  readonly pause?: JiraPause;
  /** Keeps requests below the rate that Jira names. Default: each request is sent at once. */
  readonly pace?: JiraPace;
  readonly metrics: TicketsMetrics;
  /** The clocks with which permits are compared. Default: the clocks of the machine. */
  readonly clocks?: () => ClockReading;
}

export interface JiraConnection {
  /** Asks through jira-client and returns what the schema says of the answer. Throws TrackerError, and what `mayAct` throws. */
  call<T>(
    operation: Operation,
    ask: (client: JiraApi) => Promise<unknown>,
    schema: z.ZodType<T>,
  ): Promise<T>;
}

/** @throws TrackerError `DW_JIRA_BAD_URL`, `DW_JIRA_INSECURE_URL`, `DW_TRACKER_UNAUTHORIZED` (a token that cannot be one) */
export function connect(options: JiraConnectionOptions): JiraConnection {
  const url = checkedUrl(options.url);
  const client = clientFor(url);
  const credentials = renewable(options);
  credentials();
  const proxy = proxyFor(url, options.environment ?? {});
  const { pause, pace, metrics } = options;
  const { requests, requestSeconds } = metrics;
  return {
    async call(operation, ask, schema) {
      const { authorization, secrets } = credentials();
      pause?.check(operation.doing, authorization.reveal());
      const over = await pace?.turn();
      let headers: RawAnswer["headers"] | undefined;
      const stop = requestSeconds.startTimer({ operation: operation.name });
      let result = "DW_TRACKER_PROTOCOL";
      try {
        const asking: JiraApi = Object.create(client);
        const { mayAct, deadlineMs } = operation;
        asking.doRequest = async (request) => {
          const reply = await send(request, options, { authorization, mayAct, deadlineMs, proxy });
          if ("text" in reply) headers = reply.headers;
          return reply;
        };
        const reply = masked(await ask(asking), secrets);
        const value = shaped(judge(reply, operation), operation, schema);
        result = "ok";
        // server_info needs no login, so its answer proves nothing about the login.
        if (operation.name !== "server_info") pause?.passed();
        return value;
      } catch (thrown) {
        const knowsUs = (): Promise<boolean> => isKnown(client, options, { authorization, proxy });
        const error = await unlessKnown(thrown, operation, knowsUs);
        if (error instanceof DriftwardenError) result = error.code;
        if (error instanceof TrackerError) pause?.refused(error, authorization.reveal());
        throw error;
      } finally {
        over?.(headers);
        stop();
        requests.inc({ operation: operation.name, outcome: result });
      }
    },
  };
}

/** A 401 may be about one request: a scope that the token lacks, or an issue that we may not see. Then the login is good. */
async function unlessKnown(
  error: unknown,
  { name, doing, writes }: Operation,
  knowsUs: () => Promise<boolean>,
): Promise<unknown> {
  if (!(error instanceof TrackerError) || error.code !== "DW_TRACKER_UNAUTHORIZED") return error;
  // Jira has said that the login failed, and counts how often.
  if (error.reason !== undefined || name === "myself" || !(await knowsUs())) return error;
  return jiraError("DW_TRACKER_FORBIDDEN", `${doing}: Jira answered 401, though it knows us`, {
    hint: "The account or its token may not ask this: give the account the permission, and a token with scopes the scopes read:jira-user, read:jira-work and write:jira-work.",
    status: 401,
    retryAfterMs: mendMs,
    maybeApplied: writes && error.maybeApplied,
  });
}

async function isKnown(
  client: JiraApi,
  options: JiraConnectionOptions,
  login: Pick<Sending, "authorization" | "proxy">,
): Promise<boolean> {
  const asking: JiraApi = Object.create(client);
  const sending = { ...login, mayAct: undefined, deadlineMs: knownDeadlineMs };
  asking.doRequest = (request) => send(request, options, sending);
  const reply = await asking.getCurrentUser();
  return isReply(reply) && "status" in reply && reply.status === 200;
}

const knownDeadlineMs = 8000;

/** Without credentials: jira-client would keep them where util.inspect finds them. */
function clientFor(url: URL): JiraApi {
  return new JiraApi({
    protocol: url.protocol.slice(0, -1),
    host: url.hostname,
    ...(url.port === "" ? {} : { port: url.port }),
    base: url.pathname.replace(/\/+$/, ""),
    apiVersion: "2",
  });
}

interface Sending {
  readonly authorization: Secret;
  readonly mayAct: MayAct | undefined;
  readonly deadlineMs: number | undefined;
  readonly proxy: URL | undefined;
}

function send(
  { uri, method, body: json, form }: RequestOptions,
  { deadlineMs = 20_000, maxBodyBytes = 5_000_000, clocks, ca }: JiraConnectionOptions,
  { authorization, mayAct, deadlineMs: own = deadlineMs, proxy }: Sending,
): Promise<RawReply> {
  const body = form?.bytes ?? (json === undefined ? undefined : JSON.stringify(json));
  return exchange({
    mayAct,
    clocks,
    proxy,
    ca,
    deadlineMs: Math.min(own, deadlineMs),
    maxBodyBytes,
    method,
    url: new URL(uri),
    body,
    headers: {
      accept: "application/json",
      // Names of transitions are translated; config has the English ones.
      "accept-language": "en",
      authorization: authorization.reveal(),
      "x-atlassian-token": "no-check",
      ...(body === undefined ? {} : { "content-type": form?.type ?? "application/json" }),
    },
  });
}

/** A server may echo the credentials, and its words are in our messages. */
function masked(reply: unknown, secrets: readonly Secret[]): RawReply {
  if (!isReply(reply)) throw new TypeError("jira-client went around our exchange");
  if (!("text" in reply)) return reply;
  return { ...reply, text: secrets.reduce((text, secret) => secret.maskIn(text), reply.text) };
}

function isReply(value: unknown): value is RawReply {
  return typeof value === "object" && value !== null && ("text" in value || "failed" in value);
}

interface Credentials {
  readonly authorization: Secret;
  /** What an answer must not echo. */
  readonly secrets: readonly Secret[];
}

/** Reads the token at each call. If it cannot be read, or is malformed, the last good one is used. */
function renewable(options: JiraConnectionOptions): () => Credentials {
  const { token } = options;
  const ask = typeof token === "string" ? () => token : token;
  let known: Credentials | undefined;
  return () => {
    try {
      known = credentialsOf(ask().trim(), options);
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known;
  };
}

function credentialsOf(text: string, { auth = "basic", user }: JiraConnectionOptions): Credentials {
  if (!/^[!-~]+$/.test(text)) {
    throw jiraError(
      "DW_TRACKER_UNAUTHORIZED",
      "the token is empty or holds characters that no token has",
      {
        hint: "Put the token, and nothing else, into the file that jira.token_file names.",
      },
    );
  }
  const basic = Buffer.from(`${user}:${text}`).toString("base64");
  const [scheme, value] = auth === "bearer" ? ["Bearer", text] : ["Basic", basic];
  const authorization = new Secret(`${scheme} ${value}`);
  return { authorization, secrets: [authorization, new Secret(value), new Secret(text)] };
}

function shaped<T>(body: unknown, operation: Operation, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]?.path.join(".") ?? "";
  throw jiraError(
    "DW_TRACKER_PROTOCOL",
    `${operation.doing}: the answer has an unexpected shape${at === "" ? "" : ` at ${at}`}`,
    {
      hint: "Check that jira.url points at Jira's own address, with its context path if it has one.",
      retryable: true,
      maybeApplied: operation.writes,
    },
  );
}

function checkedUrl(text: string): URL {
  const hint =
    "Set jira.url to Jira's address, for example https://your-company.atlassian.net or https://host/jira; credentials belong in jira.user and jira.token_file.";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const clean =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password + url.search + url.hash === "" &&
    /^[\w\-./~]*$/.test(url.pathname);
  if (!clean) {
    throw jiraError("DW_JIRA_BAD_URL", "jira.url is not a plain http or https address", {
      hint,
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw jiraError(
      "DW_JIRA_INSECURE_URL",
      `jira.url sends the token unencrypted to ${url.hostname}`,
      { hint: "Use https; plain http is for loopback addresses only." },
    );
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
