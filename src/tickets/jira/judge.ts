/** Turns an answer of Jira into its JSON, or into a TrackerError that says what to do. Every reply has a code. */

import type { NoAnswer, RawAnswer, RawReply } from "../../http-exchange.ts";
import { clockTime } from "../../messages/text.ts";
import type { MayAct } from "../../permit.ts";
import { hintOfUnreachable } from "../../unknown-host.ts";
import type { TrackerError } from "../errors.ts";
import { type RetryAfter, retryAfter } from "../retry-after.ts";
import { type Complaints, complaintsIn } from "./complaints.ts";
import { type JiraErrorCode, jiraError } from "./errors.ts";

export interface Operation {
  readonly name: string;
  /** For messages, a gerund: "creating an issue in IR". */
  readonly doing: string;
  /** Whether it changes something, so that its outcome can be unknown. */
  readonly writes: boolean;
  /** Only for a write: called just before the request is sent. */
  readonly mayAct?: MayAct | undefined;
  /** A good answer may be empty: nothing is read from it. */
  readonly mayBeEmpty?: true;
  /** Shorter than the adapter's own, ms. */
  readonly deadlineMs?: number;
}

/** Least pause before the next attempt if an operator can remove the cause. Later pauses are longer. */
export const mendMs = 20_000;
/** Reasons of refused logins that Jira counts. Each further one prolongs the demand for a CAPTCHA, or causes it. */
export const captcha = "captcha";
export const loginFailed = "login_failed";

interface JiraErrorClassification {
  readonly code: JiraErrorCode;
  readonly says: string;
  readonly hint: string;
  readonly retryable?: boolean;
  readonly maybeApplied?: boolean;
  /** At the soonest, ms. */
  readonly againInMs?: number;
  /** Why, where no header says it. */
  readonly reason?: string;
  /** What was complained of single fields. */
  readonly fields?: Complaints["fields"];
}

/**
 * @returns the parsed body; undefined for an answer without one (204)
 * @throws TrackerError for everything else
 */
export function judge(reply: RawReply, operation: Operation): unknown {
  if ("failed" in reply) throw unanswered(reply, operation);
  const { status } = reply;
  const empty = status === 204 || (operation.mayBeEmpty === true && reply.text.trim() === "");
  if (status >= 200 && status <= 299 && empty) return undefined;
  if (status < 200 || status > 299) throw refuse(reply, operation, refusal(reply, operation));
  const body = parse(reply.text);
  const wrong = unusable(reply, body);
  if (wrong) throw refuse(reply, operation, wrong);
  return body;
}

const failures = {
  unreachable: [
    "DW_TRACKER_UNREACHABLE",
    "Check jira.url, the network between here and Jira, and its certificate (jira.ca_file for a private CA).",
  ],
  timeout: [
    "DW_TRACKER_TIMEOUT",
    "Jira is slow or a proxy holds the answer back; it is tried again by itself.",
  ],
  too_large: [
    "DW_TRACKER_PROTOCOL",
    "This is not an answer of Jira's API; check that jira.url points at Jira itself.",
  ],
} as const satisfies Record<NoAnswer["failed"], readonly [JiraErrorCode, string]>;

function unanswered(
  { failed, detail, sent }: NoAnswer,
  { doing, writes }: Operation,
): TrackerError {
  const [code, usual] = failures[failed];
  const hint = hintOfUnreachable(new Error(detail), usual);
  const maybeApplied = writes && sent;
  return jiraError(code, `${doing}: ${detail}`, { hint, retryable: true, maybeApplied });
}

function refuse(
  answer: RawAnswer,
  { doing, writes }: Operation,
  { code, says, ...classified }: JiraErrorClassification,
): TrackerError {
  const asked = askedToWait(answer);
  const more = asked?.capped === true ? "; it asked for more than an hour, and is asked then" : "";
  const reason = classified.reason ?? limitOf(answer);
  return jiraError(code, `${doing}: ${says}${more}`, {
    ...classified,
    status: answer.status,
    retryAfterMs: classified.againInMs ?? asked?.ms,
    reason,
    oneIssueOnly: reason?.includes("per-issue") === true,
    maybeApplied: writes && (classified.maybeApplied ?? false),
  });
}

/** By Retry-After; for a 429 without it, by X-RateLimit-Reset. */
function askedToWait(answer: RawAnswer): RetryAfter | undefined {
  const date = header(answer, "date");
  const asked = retryAfter(header(answer, "retry-after"), date, Date.now());
  if (asked !== undefined || answer.status !== 429) return asked;
  const resetMs = Date.parse(header(answer, "x-ratelimit-reset") ?? "");
  return Number.isNaN(resetMs)
    ? undefined
    : retryAfter(new Date(resetMs).toUTCString(), date, Date.now());
}

/** The limit in Jira's own word; undefined where it names none. */
const limitOf = (answer: RawAnswer): string | undefined =>
  (header(answer, "ratelimit-reason") ?? header(answer, "x-ratelimit-reason"))
    ?.replaceAll(/[^\w-]/g, "")
    .slice(0, 64);

/** A 2xx that is no answer of the API. */
function unusable(answer: RawAnswer, body: unknown): JiraErrorClassification | undefined {
  const common = { code: "DW_TRACKER_PROTOCOL", retryable: true, maybeApplied: true } as const;
  if (body === undefined) {
    return {
      ...common,
      says: `Jira answered ${answer.status} without JSON`,
      hint: "A login page or a proxy answers in Jira's place; check jira.url and single sign-on.",
    };
  }
  const { says } = complaintsIn(body, "jira");
  if (says === "") return undefined;
  return {
    ...common,
    says: `Jira answered ${answer.status} and complained: ${says}`,
    hint: "Read Jira's words above; the change is looked up before it is tried again.",
  };
}

function refusal(answer: RawAnswer, operation: Operation): JiraErrorClassification {
  const { status } = answer;
  const body = parse(answer.text);
  const complaints = complaintsIn(body);
  const says = [`Jira answered ${status}`, complaints.says].filter(Boolean).join(": ");
  if (status < 400) return redirected(answer);
  if (status >= 500 || status === 408) {
    const hint = "Jira or a proxy before it is ill; it is tried again by itself.";
    return { code: "DW_TRACKER_UNAVAILABLE", says, hint, retryable: true, maybeApplied: true };
  }
  if (status === 429) return limited(answer, says);
  const refused = { ...complaints, status, says };
  return (
    deniedLogin(answer, says) ??
    foreign(answer, body) ??
    forbidden(status, says) ??
    creation(refused, operation) ??
    other(refused, operation)
  );
}

/** Three limits: of changes to one issue, of an hourly quota, and of the rate of requests. */
function limited(answer: RawAnswer, says: string): JiraErrorClassification {
  const code = "DW_TRACKER_RATE_LIMITED";
  const reason = limitOf(answer) ?? "";
  if (reason.includes("per-issue")) {
    const hint = "Jira limits how often one issue is changed: this ticket waits, and no other.";
    return { code, says, hint, retryable: true };
  }
  if (reason.includes("quota")) {
    const waits = askedToWait(answer);
    const until = waits === undefined ? "" : ` until ${clockTime(Date.now() + waits.ms)} UTC`;
    const hint = `Nothing is asked${until}; incidents wait, and are told then. Ask the Jira administrator who uses the quota up.`;
    return {
      code,
      says: `${says}; its quota is used up${until} (${reason})`,
      hint,
      retryable: true,
    };
  }
  const hint =
    "Jira limits the rate of requests: nothing is asked for a moment, or for as long as Jira names. It is tried again by itself.";
  return { code, says, hint, retryable: true };
}

/** A page instead of JSON comes from a proxy, or from a Jira that starts. Jira's API has not seen the request. */
function foreign({ status, text }: RawAnswer, body: unknown): JiraErrorClassification | undefined {
  if (body !== undefined || text.trim() === "") return undefined;
  return {
    code: "DW_TRACKER_PROTOCOL",
    says: `Jira answered ${status} with a page instead of JSON`,
    hint: "Jira is starting, or a proxy or login page answers in its place; it is tried again by itself. If it lasts, check jira.url.",
    retryable: true,
  };
}

function redirected(answer: RawAnswer): JiraErrorClassification {
  const location = header(answer, "location") ?? "";
  const to = URL.canParse(location) ? new URL(location).origin : "another path";
  return {
    code: "DW_TRACKER_PROTOCOL",
    retryable: true,
    says: `Jira answered ${answer.status}, a redirect to ${to}; redirects are never followed`,
    hint: "Set jira.url to the address Jira really has; a redirect to a login page means that the credentials were not accepted.",
  };
}

function deniedLogin(answer: RawAnswer, says: string): JiraErrorClassification | undefined {
  const code = "DW_TRACKER_UNAUTHORIZED";
  const login = header(answer, "x-seraph-loginreason") ?? "";
  const wantsCaptcha =
    login.includes("AUTHENTICATION_DENIED") ||
    header(answer, "x-authentication-denied-reason") !== undefined;
  if (wantsCaptcha) {
    const hint =
      "Jira wants a CAPTCHA after failed logins: log in once with a browser as this user, then renew the token. Until its file changes, one login in ten minutes is tried, and incidents wait.";
    return { code, says, hint, retryable: true, reason: captcha };
  }
  // Jira also answers 404 after a failed login.
  const failed = login.includes("FAILED");
  if (answer.status !== 401 && !failed) return undefined;
  const hint =
    "Check jira.user and the token behind jira.token_file: tokens expire after at most a year. When the file changes, the new token is tried at once; until then few logins are, and incidents wait.";
  return { code, says, hint, retryable: true, ...(failed && { reason: loginFailed }) };
}

function forbidden(status: number, says: string): JiraErrorClassification | undefined {
  if (status !== 403) return undefined;
  const hint =
    "Give Driftwarden's Jira user the permissions to browse the project, create, edit, comment and transition issues.";
  return { code: "DW_TRACKER_FORBIDDEN", says, hint, againInMs: mendMs };
}

interface Refused {
  readonly status: number;
  readonly says: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What is wrong with the project or the fields of a new issue. */
function creation(
  { status, says, fields }: Refused,
  { name }: Operation,
): JiraErrorClassification | undefined {
  const creates = name === "create";
  if ((status === 404 && (creates || name === "project")) || (creates && "project" in fields)) {
    const hint =
      "Set jira.project to the key of a project that this user can see and create issues in.";
    return { code: "DW_JIRA_PROJECT_MISSING", says, hint, fields, againInMs: mendMs };
  }
  const wrong = Object.keys(fields);
  if (!creates || wrong.length === 0) return undefined;
  const required = wrong.filter((field) => /required/i.test(fields[field] ?? ""));
  if (required.length === 0) {
    const hint = `Give ${wrong.join(", ")} a value that the project knows: jira.issue_type, jira.priorities and jira.fields say what a new issue gets.`;
    return { code: "DW_TRACKER_REFUSED", says, hint, fields, againInMs: mendMs };
  }
  const names = required.join(", ");
  const hint = `The project demands ${names}: give every new issue a value with jira.fields, for example fields: {${required[0]}: …}, or make it optional in the project.`;
  return { code: "DW_JIRA_FIELD_REQUIRED", says, hint, fields, againInMs: mendMs };
}

function other({ status, says, fields }: Refused, { name }: Operation): JiraErrorClassification {
  // 409: two transitions at once; the same one may pass after the other.
  const retryable = status === 409;
  const hint =
    "Read Jira's words above: a field may be missing from the project's screen, a limit reached, or the issue locked.";
  // A new ticket is never given up, because somebody can mend each refusal in one of the two configurations.
  const again = name === "create" ? { againInMs: mendMs } : {};
  return { code: "DW_TRACKER_REFUSED", says, hint, retryable, fields, ...again };
}

function header(answer: RawAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** @returns undefined when it is no JSON object or array */
function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
