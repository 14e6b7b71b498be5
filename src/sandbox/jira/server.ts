/** A Jira in memory on real HTTP, with a ledger of everything that took effect: for demo, drill and tests only. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Clock, systemClock } from "../../clock.ts";
import { Accounts, type Deployment, type SandboxUser } from "./accounts.ts";
import { SandboxJiraError } from "./errors.ts";
import { createFaultQueue, type JiraFault, type JiraIllness, LateRequests } from "./fault.ts";
import type { SandboxIssue } from "./issue.ts";
import { KnownMessages } from "./known-messages.ts";
import { createRateLimits } from "./limits.ts";
import { MailCount } from "./mails.ts";
import type { SandboxProject } from "./meta.ts";
import { servePage } from "./page/serve.ts";
import { SearchIndex } from "./search-index.ts";
import { type JiraLedgerEntry, type SandboxParts, serveApi } from "./serving.ts";
import type { Site } from "./site.ts";
import { SandboxTracker } from "./tracker.ts";
import { type Webhook, Webhooks } from "./webhooks.ts";
import type { Translation, Workflow } from "./workflow.ts";

export interface JiraSandboxOptions extends Partial<SandboxProject> {
  /** Default 0: any free one. */
  readonly port?: number;
  /** Keys of the projects there are. Default IR. */
  readonly projects?: readonly string[];
  /** Fields that issues of a type must have, by its name. Default: none. */
  readonly requireFieldsOf?: Readonly<Record<string, readonly string[]>>;
  /** Default: To Do, In Progress, Done, and Reopen back. */
  readonly workflow?: Workflow;
  /** Default: everything is English. */
  readonly translation?: Translation;
  /** Cloud has only `search/jql`, Server only `search`, and each names accounts in its own way. Default Server. */
  readonly deployment?: Deployment;
  /** Who may log in, by Basic or Bearer. Default: anybody who names credentials. */
  readonly users?: readonly SandboxUser[];
  /** How long the search misses a change, milliseconds of the clock. Default 0. */
  readonly indexLagMs?: number;
  /** Whether requests are limited as the deployment documents it. Default: they are not. */
  readonly limited?: boolean;
  /** Told of every change. */
  readonly webhooks?: readonly Webhook[];
  readonly clock?: Clock;
}

export interface JiraSandbox {
  readonly url: string;
  /** Oldest first; grows. */
  readonly ledger: readonly JiraLedgerEntry[];
  /** The messages of which the markup was made. */
  readonly messages: KnownMessages;
  /** All tickets with their comments, oldest first. */
  issues(): readonly SandboxIssue[];
  /**
   * How often Jira would have mailed the watchers of a ticket.
   *
   * @param watcher name of one: what they did themselves is not counted
   */
  mails(key: string, watcher?: string): number;
  /** The next matching request meets this, once. */
  fault(fault: JiraFault): void;
  /** Every request meets this from now on, until it is called with undefined. */
  ill(how: JiraIllness | undefined): void;
  /** From now on the search learns nothing, until it is called with false. */
  blind(isBlind: boolean): void;
  /** Every request is refused until then, because the quota of the site is used up. */
  exhaust(untilMs: number): void;
  stop(): Promise<void>;
}

interface ServedParts extends SandboxParts {
  readonly messages: KnownMessages;
}

/** Starts it on 127.0.0.1. Nothing is kept after `stop`. */
export async function startJiraSandbox(options: JiraSandboxOptions = {}): Promise<JiraSandbox> {
  const parts = partsOf(options);
  const { site } = parts;
  const server = createServer((request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  });
  const port = await listen(server, options.port ?? 0);
  site.url = `http://127.0.0.1:${port}`;
  return {
    url: site.url,
    ledger: parts.ledger,
    messages: parts.messages,
    issues: () => site.tracker.issues,
    mails: (key, watcher) => parts.mails.of(key, watcher),
    fault: parts.faults.order,
    ill: (how) => {
      parts.illness = how;
    },
    blind: (isBlind) => site.index.blind(isBlind),
    exhaust: (untilMs) => parts.limits?.exhaust(untilMs),
    stop: async () => {
      await Promise.all([parts.webhooks.stop(), close(server)]);
    },
  };
}

function partsOf(options: JiraSandboxOptions): ServedParts {
  const { clock = systemClock, deployment = "Server" } = options;
  const index = new SearchIndex(options.indexLagMs ?? 0, () => clock.now());
  const tracker = new SandboxTracker({
    clock,
    index,
    projects: options.projects ?? ["IR"],
    requireFields: options.requireFields ?? [],
    requireFieldsOf: options.requireFieldsOf,
    offScreen: options.offScreen,
    screensOf: options.screensOf,
    workflow: options.workflow,
  });
  const site: Site = {
    tracker,
    index,
    deployment,
    accounts: new Accounts(options.users),
    project: projectOf(options),
    translation: options.translation,
    now: () => clock.now(),
    url: "",
  };
  return {
    site,
    clock,
    ledger: [],
    faults: createFaultQueue(),
    late: new LateRequests(),
    limits: options.limited === true ? createRateLimits(deployment, clock) : undefined,
    messages: new KnownMessages(),
    mails: new MailCount(),
    webhooks: new Webhooks(options.webhooks ?? []),
    illness: undefined,
  };
}

function projectOf(options: JiraSandboxOptions): SandboxProject {
  const {
    screensOf = {},
    requireFields = [],
    offScreen = [],
    textFields = {},
    withoutPermissions = [],
    serviceDesk = false,
    mostAttachedBytes = 10_000_000,
  } = options;
  return {
    screensOf,
    requireFields,
    offScreen,
    textFields,
    withoutPermissions,
    serviceDesk,
    mostAttachedBytes,
  };
}

async function serve(
  parts: ServedParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const path = /^\/rest\/api\/(?:2|3|latest)(\/.*)$/.exec(url.pathname)?.[1];
  if (path === undefined) await servePage(parts, request, response);
  else await serveApi(parts, { request, url, path }, response);
}

/** @returns the port it has */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(asTaken(error, port)));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function asTaken(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  return new SandboxJiraError(
    "DW_SANDBOX_PORT_TAKEN",
    `starting the Jira sandbox: port ${port} of 127.0.0.1 is taken, or may not be used`,
    { hint: "Choose another one with --port, or --port 0 for any that is free.", cause: error },
  );
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
