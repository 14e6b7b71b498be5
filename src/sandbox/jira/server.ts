/** A Jira in memory on real HTTP, with a ledger of everything that took effect: for demo, drill and tests only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Clock, systemClock } from "../../clock.ts";
import { createFaultQueue, type JiraFault, type JiraIllness } from "./fault.ts";
import { KnownMessages } from "./known-messages.ts";
import { MailCount } from "./mails.ts";
import type { SandboxProject } from "./meta.ts";
import { issuePage, listPage } from "./page.ts";
import { answer, type JiraCall, type Reply, refuse, type Site } from "./routes.ts";
import {
  fieldsIn,
  type IssueFields,
  Refusal,
  type SandboxIssue,
  SandboxTracker,
} from "./tracker.ts";
import type { Workflow } from "./workflow.ts";

export interface JiraSandboxOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Keys of the projects there are. Default IR. */
  readonly projects?: readonly string[];
  /** Ids of further fields that a new issue must have. */
  readonly requireFields?: readonly string[];
  /** Ids of fields that stand on no screen. */
  readonly offScreen?: readonly string[];
  /** Keys of permissions that nobody has. */
  readonly withoutPermissions?: readonly string[];
  /** Default: To Do, In Progress, Done, and Reopen back. */
  readonly workflow?: Workflow;
  /** Cloud has only `search/jql`, Server only `search`. Default Server. */
  readonly deployment?: "Cloud" | "Server";
  /** Who may log in, by Basic or Bearer. Default: anybody who names credentials. */
  readonly users?: readonly { readonly name: string; readonly token: string }[];
  /** How long the search misses a new issue, milliseconds of the clock. Default 0. */
  readonly indexLagMs?: number;
  readonly clock?: Clock;
}

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

export interface JiraSandbox {
  readonly url: string;
  /** Oldest first; grows. */
  readonly ledger: readonly JiraLedgerEntry[];
  /** What the pages show instead of markup. */
  readonly messages: KnownMessages;
  /** All tickets with their comments, oldest first. */
  issues(): readonly SandboxIssue[];
  /** How often Jira would have mailed the watchers of a ticket, by its key. */
  mails(key: string): number;
  /** The next matching request meets this, once. */
  fault(fault: JiraFault): void;
  /** Every request meets this from now on, until it is called with undefined. */
  ill(how: JiraIllness | undefined): void;
  stop(): Promise<void>;
}

interface SandboxParts {
  readonly site: Site;
  readonly clock: Clock;
  readonly users: JiraSandboxOptions["users"];
  readonly ledger: JiraLedgerEntry[];
  readonly faults: ReturnType<typeof createFaultQueue>;
  readonly messages: KnownMessages;
  readonly mails: MailCount;
  illness: JiraIllness | undefined;
}

/** Starts it on 127.0.0.1. Nothing is kept after `stop`. */
export async function startJiraSandbox(options: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const { clock = systemClock, indexLagMs = 0, deployment = "Server" } = options;
  const tracker = new SandboxTracker({
    clock,
    projects: options.projects ?? ["IR"],
    requireFields: options.requireFields ?? [],
    offScreen: options.offScreen,
    workflow: options.workflow,
  });
  const site: Site = {
    tracker,
    deployment,
    project: projectOf(options),
    url: "",
    indexed: () => tracker.issues.filter((issue) => issue.createdAtMs + indexLagMs <= clock.now()),
  };
  const parts: SandboxParts = {
    site,
    clock,
    users: options.users,
    ledger: [],
    faults: createFaultQueue(),
    messages: new KnownMessages(),
    mails: new MailCount(),
    illness: undefined,
  };
  const server = createServer((request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  site.url = `http://127.0.0.1:${port}`;
  return {
    url: site.url,
    ledger: parts.ledger,
    messages: parts.messages,
    issues: () => tracker.issues,
    mails: (key) => parts.mails.of(key),
    fault: parts.faults.order,
    ill: (how) => {
      parts.illness = how;
    },
    stop: () => close(server),
  };
}

function projectOf({
  requireFields = [],
  offScreen = [],
  withoutPermissions = [],
}: JiraSandboxOptions): SandboxProject {
  return { requireFields, offScreen, withoutPermissions };
}

async function serve(
  parts: SandboxParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox");
  const { method = "GET" } = request;
  const api = /^\/rest\/api\/(?:2|3|latest)(\/.*)$/.exec(pathname)?.[1];
  if (api === undefined) {
    showPage(parts, pathname, response);
    return;
  }
  const body = await bodyOf(request);
  const { illness } = parts;
  const fault = illness === undefined ? parts.faults.take(method, pathname) : { answer: illness };
  if (fault && fault.afterEffect === undefined) {
    suffer(fault, response);
    return;
  }
  const user = userOf(request, parts.users);
  const reply = effect(parts, { method, path: api, query: searchParams, body, user });
  if (fault) suffer(fault, response);
  else send(response, reply);
}

/** Whatever becomes of the answer, this happened, and the ledger says so. */
function effect(
  { site, clock, ledger, mails }: SandboxParts,
  { user, ...call }: Omit<JiraCall, "user"> & { readonly user: string | undefined },
): Reply {
  const known = { ...call, user: user ?? "anonymous" };
  const allowed = user !== undefined || call.path === "/serverInfo";
  const reply = allowed
    ? answer(site, known)
    : refuse(new Refusal(401, ["Client must be authenticated to access this resource."]));
  const { what, status, issue } = reply;
  ledger.push({
    at: clock.now(),
    method: call.method,
    path: call.path,
    what,
    status,
    user: known.user,
    issue,
  });
  mails.take(call, reply);
  return reply;
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { "content-type": "application/json;charset=UTF-8" });
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
      response.destroy();
      return;
    case "hang":
      return;
  }
}

function showPage(
  { site: { tracker }, messages }: SandboxParts,
  path: string,
  response: ServerResponse,
): void {
  const key = /^\/browse\/([\w-]+)$/.exec(path)?.[1];
  const issue = key === undefined ? undefined : tracker.find(key);
  const found = path === "/" || issue !== undefined;
  response.writeHead(found ? 200 : 404, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
  });
  response.end(issue ? issuePage(issue, messages) : listPage(found ? tracker.issues : []));
}

/** @returns the account's name; undefined when the credentials are missing or wrong */
function userOf(request: IncomingMessage, users: SandboxParts["users"]): string | undefined {
  const [scheme = "", value = ""] = (request.headers.authorization ?? "").split(" ");
  if (value === "") return undefined;
  const decoded = Buffer.from(value, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  const bearer = scheme.toLowerCase() === "bearer";
  const name = bearer ? undefined : decoded.slice(0, colon);
  const token = bearer ? value : decoded.slice(colon + 1);
  if (!users) return name ?? "bot";
  return users.find((user) => user.token === token && (name ?? user.name) === user.name)?.name;
}

async function bodyOf(request: IncomingMessage): Promise<IssueFields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  if (chunks.length === 0) return {};
  return fieldsIn(JSON.parse(Buffer.concat(chunks).toString("utf8")));
}

/** @returns the port it has */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
