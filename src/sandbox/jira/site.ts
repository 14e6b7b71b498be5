/** One site of the sandbox, a call to its REST API, and what is answered. */
import type { Accounts, Deployment, SandboxAccount } from "./accounts.ts";
import { refusalBody, type Shown } from "./bodies.ts";
import { Refusal, type SandboxIssue } from "./issue.ts";
import type { PermissionKey, SandboxProject } from "./meta.ts";
import type { SearchIndex } from "./search-index.ts";
import type { SandboxTracker } from "./tracker.ts";
import type { UploadedFile } from "./upload.ts";
import type { Translation } from "./workflow.ts";

export interface JiraCall {
  readonly method: string;
  /** Below /rest/api/2. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Undefined where the request holds no form, or lacks the header against forged requests. */
  readonly files: readonly UploadedFile[] | undefined;
  /** Who asks. */
  readonly by: SandboxAccount;
  /** An automation rule acts in the name of who asks. */
  readonly automated: boolean;
  /** What the header accept-language says. */
  readonly language: string;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** What happened, for the ledger. */
  readonly what: string;
  /** Key. */
  readonly issue?: string;
  /** Id of the comment that was written. */
  readonly comment?: string;
}

export interface Site {
  readonly tracker: SandboxTracker;
  readonly accounts: Accounts;
  readonly deployment: Deployment;
  /** Properties that all projects of the site share. */
  readonly project: SandboxProject;
  readonly translation: Translation | undefined;
  readonly index: SearchIndex;
  readonly now: () => number;
  url: string;
}

export type Handler = (site: Site, call: JiraCall, params: readonly string[]) => Reply;

export type Route = readonly [method: string, path: RegExp, handle: Handler];

export type IssueCall = JiraCall & { readonly params: readonly string[] };

export function ok(what: string, body: unknown): Reply {
  return { status: 200, body, what };
}

export function refuse(refusal: Refusal): Reply {
  return { status: refusal.status, body: refusalBody(refusal), what: "refused" };
}

/** Whether nobody has the permission here. */
export function lacks({ project }: Site, permission: PermissionKey): boolean {
  return project.withoutPermissions.includes(permission);
}

export function shownBy({ url, deployment, accounts }: Site): Shown {
  return { url, deployment, accounts };
}

/** Finds the issue that the first parameter names, and hands the others on. */
export function withIssue(
  handle: (site: Site, issue: SandboxIssue, call: IssueCall) => Reply,
): Handler {
  return (site, call, [id = "", ...params]) => {
    const issue = lacks(site, "BROWSE_PROJECTS") ? undefined : site.tracker.find(id);
    if (issue) return { issue: issue.key, ...handle(site, issue, { ...call, params }) };
    return refuse(
      new Refusal(404, ["Issue does not exist or you do not have permission to see it."]),
    );
  };
}
