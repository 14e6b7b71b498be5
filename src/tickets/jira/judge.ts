/** What an answer of Jira means: its JSON, or a TrackerError that says what to do. Total: every reply has a code. */

import { z } from "zod";
import type { MayAct } from "../../permit.ts";
import type { TrackerError } from "../errors.ts";
import { type JiraErrorCode, jiraError } from "./errors.ts";
import type { JiraAnswer, JiraReply, NoAnswer } from "./exchange.ts";

export interface Operation {
  readonly name: string;
  /** For messages, a gerund: "creating an issue in IR". */
  readonly doing: string;
  /** Whether it changes something, so that its outcome can be unknown. */
  readonly writes: boolean;
  /** Of a write: asked right before it leaves. */
  readonly mayAct?: MayAct | undefined;
}

/** What an operator can mend is tried again this slowly: a retried 401 ends in a CAPTCHA. */
const mendMs = 600_000;
const maxDetail = 300;

interface JiraErrorClassification {
  readonly code: JiraErrorCode;
  readonly says: string;
  readonly hint: string;
  readonly retryable?: boolean;
  readonly maybeApplied?: boolean;
}

/**
 * @returns the parsed body; undefined for an answer without one (204)
 * @throws TrackerError for everything else
 */
export function judge(reply: JiraReply, operation: Operation): unknown {
  if ("failed" in reply) throw unanswered(reply, operation);
  const { status } = reply;
  if (status === 204) return undefined;
  if (status < 200 || status > 299) throw refuse(reply, operation, refusal(reply, operation));
  const body = parse(reply.text);
  const wrong = unusable(reply, body);
  if (wrong) throw refuse(reply, operation, wrong);
  return body;
}

const failures = {
  unreachable: [
    "DW_TRACKER_UNREACHABLE",
    "Check jira.url, the network between here and Jira, and its certificate (NODE_EXTRA_CA_CERTS for a private CA).",
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
  const [code, hint] = failures[failed];
  const maybeApplied = writes && sent;
  return jiraError(code, `${doing}: ${detail}`, { hint, retryable: true, maybeApplied });
}

function refuse(
  answer: JiraAnswer,
  { name, doing, writes }: Operation,
  classified: JiraErrorClassification,
): TrackerError {
  const retryable = classified.retryable ?? false;
  // A ticket is never given up: whatever Jira refuses in a new issue is configured, here or there.
  const mendable = !retryable && (classified.code !== "DW_TRACKER_REFUSED" || name === "create");
  const reason = header(answer, "ratelimit-reason")
    ?.replaceAll(/[^\w-]/g, "")
    .slice(0, 64);
  return jiraError(classified.code, `${doing}: ${classified.says}`, {
    hint: classified.hint,
    retryable,
    status: answer.status,
    retryAfterMs: retryAfter(answer) ?? (mendable ? mendMs : undefined),
    reason,
    oneIssueOnly: reason === "jira-per-issue-on-write",
    maybeApplied: writes && (classified.maybeApplied ?? false),
  });
}

/** A 2xx that is no answer of the API. */
function unusable(answer: JiraAnswer, body: unknown): JiraErrorClassification | undefined {
  const common = { code: "DW_TRACKER_PROTOCOL", retryable: true, maybeApplied: true } as const;
  if (body === undefined) {
    return {
      ...common,
      says: `Jira answered ${answer.status} without JSON`,
      hint: "A login page or a proxy answers in Jira's place; check jira.url and single sign-on.",
    };
  }
  const { messages } = complaints(body);
  if (messages === "") return undefined;
  return {
    ...common,
    says: `Jira answered ${answer.status} and complained: ${messages}`,
    hint: "Read Jira's words above; the change is looked up before it is tried again.",
  };
}

function refusal(answer: JiraAnswer, operation: Operation): JiraErrorClassification {
  const { status } = answer;
  const { messages, fields } = complaints(parse(answer.text));
  const says = `Jira answered ${status}${messages === "" ? "" : `: ${messages}`}`;
  if (status < 400) return redirected(answer);
  if (status >= 500 || status === 408) {
    const hint = "Jira or a proxy before it is ill; it is tried again by itself.";
    return { code: "DW_TRACKER_UNAVAILABLE", says, hint, retryable: true, maybeApplied: true };
  }
  if (status === 429) {
    const hint =
      "Jira limits the rate of requests; it is tried again by itself after the time Jira names.";
    return { code: "DW_TRACKER_RATE_LIMITED", says, hint, retryable: true };
  }
  return (
    denied(answer, says) ?? creation({ status, says, fields }, operation) ?? other(status, says)
  );
}

function redirected(answer: JiraAnswer): JiraErrorClassification {
  const location = header(answer, "location") ?? "";
  const to = URL.canParse(location) ? new URL(location).origin : "another path";
  return {
    code: "DW_TRACKER_PROTOCOL",
    says: `Jira answered ${answer.status}, a redirect to ${to}; redirects are never followed`,
    hint: "Set jira.url to the address Jira really has; a redirect to a login page means that the credentials were not accepted.",
  };
}

function denied(answer: JiraAnswer, says: string): JiraErrorClassification | undefined {
  const login = header(answer, "x-seraph-loginreason") ?? "";
  const captcha =
    login.includes("AUTHENTICATION_DENIED") ||
    header(answer, "x-authentication-denied-reason") !== undefined;
  if (captcha) {
    const hint =
      "Jira wants a CAPTCHA after failed logins: log in once with a browser as this user, then renew the token.";
    return { code: "DW_TRACKER_UNAUTHORIZED", says, hint };
  }
  // A failed login may also look like an issue that is not there.
  if (answer.status === 401 || login.includes("FAILED")) {
    const hint =
      "Check jira.user and the token behind jira.token_file: tokens expire after at most a year.";
    return { code: "DW_TRACKER_UNAUTHORIZED", says, hint };
  }
  if (answer.status !== 403) return undefined;
  const hint =
    "Give Driftwarden's Jira user the permissions to browse the project, create, edit, comment and transition issues.";
  return { code: "DW_TRACKER_FORBIDDEN", says, hint };
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
    return { code: "DW_JIRA_PROJECT_MISSING", says, hint };
  }
  const wrong = Object.keys(fields);
  if (!creates || wrong.length === 0) return undefined;
  const required = wrong.filter((field) => /required/i.test(fields[field] ?? ""));
  if (required.length === 0) {
    const hint = `Give ${wrong.join(", ")} a value that the project knows: jira.issue_type, jira.priorities and jira.fields say what a new issue gets.`;
    return { code: "DW_TRACKER_REFUSED", says, hint };
  }
  const names = required.join(", ");
  const hint = `The project demands ${names}: give every new issue a value with jira.fields, for example fields: {${required[0]}: …}, or make it optional in the project.`;
  return { code: "DW_JIRA_FIELD_REQUIRED", says, hint };
}

function other(status: number, says: string): JiraErrorClassification {
  // 409: two transitions at once; the same one may pass after the other.
  const retryable = status === 409;
  const hint =
    "Read Jira's words above: a field may be missing from the project's screen, a limit reached, or the issue locked.";
  return { code: "DW_TRACKER_REFUSED", says, hint, retryable };
}

const complaintShape = z.object({
  errorMessages: z.array(z.coerce.string()).catch([]),
  errors: z.record(z.string(), z.coerce.string()).catch({}),
});

function complaints(body: unknown): { messages: string; fields: Record<string, string> } {
  const { errorMessages: list, errors: fields } = complaintShape
    .catch({ errorMessages: [], errors: {} })
    .parse(body);
  const all = [...list, ...Object.entries(fields).map(([field, text]) => `${field}: ${text}`)];
  const line = all
    .join("; ")
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .trim();
  return { messages: Array.from(line).slice(0, maxDetail).join(""), fields };
}

/** Milliseconds; Retry-After is seconds or a date. */
function retryAfter(answer: JiraAnswer): number | undefined {
  const text = header(answer, "retry-after");
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/.test(text)) return Number(text) * 1000;
  const then = Date.parse(text);
  const now = Date.parse(header(answer, "date") ?? "");
  const wait = then - (Number.isNaN(now) ? Date.now() : now);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function header(answer: JiraAnswer, name: string): string | undefined {
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
