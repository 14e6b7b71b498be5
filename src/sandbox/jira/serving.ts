/** Serves one request to the sandbox: its account, limits and faults, its effect, and its entry in the ledger. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../clock.ts";
import type { createFaultQueue, JiraFault, JiraIllness, LateRequests } from "./fault.ts";
import { Refusal } from "./issue.ts";
import type { RateLimits } from "./limits.ts";
import type { MailCount } from "./mails.ts";
import { answer } from "./routes.ts";
import { type JiraCall, type Reply, refuse, type Site } from "./site.ts";
import { readBody } from "./upload.ts";
import type { Webhooks } from "./webhooks.ts";

/** One request that was answered, or took effect though its answer was lost. */
export interface JiraLedgerEntry {
  /** Milliseconds since 1970, of the sandbox's clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** issue_created, issue_resolved, issue_reopened, comment_added, comment_edited, issue_read, searched, refused, … */
  readonly what: string;
  readonly status: number;
  readonly user: string;
  readonly issue: string | undefined;
}

export interface SandboxParts {
  readonly site: Site;
  readonly clock: Clock;
  readonly ledger: JiraLedgerEntry[];
  readonly faults: ReturnType<typeof createFaultQueue>;
  readonly late: LateRequests;
  /** Undefined: nobody is limited. */
  readonly limits: RateLimits | undefined;
  readonly mails: MailCount;
  readonly webhooks: Webhooks;
  illness: JiraIllness | undefined;
}

/** @param path below /rest/api/2 */
export async function serveApi(
  parts: SandboxParts,
  {
    request,
    url,
    path,
  }: { readonly request: IncomingMessage; readonly url: URL; readonly path: string },
  response: ServerResponse,
): Promise<void> {
  const { method = "GET" } = request;
  const arrived = await readBody(request);
  const { illness } = parts;
  const fault =
    illness === undefined ? parts.faults.take(method, url.pathname) : { answer: illness };
  const call = { method, path, query: url.searchParams, ...arrived, request };
  if (fault !== undefined && isLostBefore(fault)) {
    if (fault.answer === "late") parts.late.hold(() => void effect(parts, call));
    suffer(fault, response);
    return;
  }
  const reply = effect(parts, call);
  if (fault?.answer === "doubled") effect(parts, call);
  parts.late.passed();
  if (fault?.afterEffect) suffer(fault, response);
  else send(response, reply);
}

/** Whether the request is answered before it takes effect, if ever it does. */
function isLostBefore({ answer: kind, afterEffect }: JiraFault): boolean {
  return kind !== "doubled" && afterEffect === undefined;
}

interface ArrivedCall extends Omit<JiraCall, "by" | "automated" | "language"> {
  readonly request: IncomingMessage;
}

interface LimitedReply extends Reply {
  readonly headers: Readonly<Record<string, string>>;
}

/** Carries out a call and enters it into the ledger, whatever becomes of its answer. */
function effect(parts: SandboxParts, { request, ...arrived }: ArrivedCall): LimitedReply {
  const { site } = parts;
  const { authorization = "", "accept-language": language = "" } = request.headers;
  const by = site.accounts.loggedIn(authorization);
  if (by === undefined) {
    const open = arrived.path === "/serverInfo";
    const anonymous = { name: "anonymous", displayName: "Anonymous", kind: "person" } as const;
    const nobody = {
      ...anonymous,
      groups: [],
      byMail: false,
      assignable: false,
      accountId: "",
      key: "",
    };
    const call = { ...arrived, by: nobody, automated: false, language };
    const reply = open ? answer(site, call) : refuse(new Refusal(401, [mustLogIn]));
    return noted(parts, call, { ...reply, headers: {} });
  }
  const automated = request.headers["x-sandbox-automation"] === "true";
  const call = { ...arrived, by, automated, language };
  const taken = parts.limits?.take({
    method: call.method,
    account: by.name,
    writesTo: call.method === "GET" ? undefined : writtenIssue(site, call.path),
  });
  const { refused, headers } = taken ?? { refused: false, headers: {} };
  const reply = refused
    ? { ...refuse(new Refusal(429, ["Rate limit exceeded."])), what: "rate_limited" }
    : answer(site, call);
  return noted(parts, call, { ...reply, headers });
}

const mustLogIn = "Client must be authenticated to access this resource.";

/** Carries out what a person does on a page: nobody is limited there, and nothing is lost. */
export function answerCall(parts: SandboxParts, call: JiraCall): Reply {
  return noted(parts, call, { ...answer(parts.site, call), headers: {} });
}

function noted(parts: SandboxParts, call: JiraCall, reply: LimitedReply): LimitedReply {
  const { what, status, issue } = reply;
  const { method, path, by } = call;
  const at = parts.clock.now();
  parts.ledger.push({ at, method, path, what, status, user: by.name, issue });
  parts.mails.take(call, reply);
  parts.webhooks.tell(parts.site, call, reply);
  return reply;
}

function writtenIssue({ tracker }: Site, path: string): string | undefined {
  const named = /^\/issue\/([\w-]+)/.exec(path)?.[1];
  return named === undefined ? undefined : tracker.find(named)?.id;
}

function send(response: ServerResponse, { status, body, headers }: LimitedReply): void {
  response.writeHead(status, { "content-type": "application/json;charset=UTF-8", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function suffer({ answer: kind }: JiraFault, response: ServerResponse): void {
  switch (kind) {
    case "rate_limited":
      response
        .writeHead(429, { "retry-after": "1", "ratelimit-reason": "jira-burst-based" })
        .end("{}");
      return;
    case "failed":
      response.writeHead(500, { "content-type": "application/json" }).end("{}");
      return;
    case "unavailable":
      response.writeHead(503, { "content-type": "text/html" }).end("<h1>Service Unavailable</h1>");
      return;
    case "login_page":
      response.writeHead(200, { "content-type": "text/html" }).end("<h1>Log in</h1>");
      return;
    case "unauthorized":
      response.writeHead(401, { "content-type": "application/json" }).end("{}");
      return;
    case "drop":
    case "late":
      response.destroy();
      return;
    case "hang":
    case "doubled":
      return;
  }
}
