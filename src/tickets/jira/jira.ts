/** Jira behind the Tracker port: REST v2 and its wiki markup, which Cloud and Data Center both speak. */
import type { Logger } from "pino";
import type { z } from "zod";
import type { Message } from "../../messages/message.ts";
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type {
  CommentChange,
  Issue,
  IssueComment,
  NewIssue,
  OnRendered,
  Tracker,
} from "../tracker.ts";
import { checkIssue, checkProject, checkText } from "./checks.ts";
import { connect, type JiraConnection, type JiraConnectionOptions } from "./connection.ts";
import { jiraError } from "./errors.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";
import { makeTransition } from "./transitions.ts";
import { markIn, renderWiki } from "./wiki.ts";

export interface JiraOptions extends JiraConnectionOptions {
  /** Key of the project. */
  readonly project: string;
  /** Name of the issue type. */
  readonly issueType: string;
  /** Name or id of the transition that closes an issue. */
  readonly resolveTransition: string;
  /** Name or id of the transition that reopens an issue. */
  readonly reopenTransition: string;
  /** Issues with this resolution count as won't fix. */
  readonly wontFixResolution?: string | undefined;
  /** Further fields of a new issue, by Jira's field ids, as Jira's API wants them; `labels` are added to ours. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly logger: Logger;
  /** Told what is sent as a description or comment, and the message that it says. */
  readonly onRendered?: OnRendered | undefined;
}

/** What Jira says of itself and of us. */
interface JiraProbe {
  readonly deployment: "Cloud" | "Server";
  readonly account: string;
  readonly project: string;
  readonly priorities: readonly string[];
}

export interface Jira extends Tracker {
  /** Asks for everything Driftwarden relies on; reads only. Throws TrackerError. */
  probe(): Promise<JiraProbe>;
}

/**
 * @throws TrackerError `DW_JIRA_BAD_URL`, `DW_JIRA_INSECURE_URL`, `DW_JIRA_BAD_KEY`, `DW_TRACKER_UNAUTHORIZED` (an empty token)
 */
export function openJira(options: JiraOptions): Jira {
  checkProject(options.project);
  return new JiraTracker(options);
}

const issueFields = ["labels", "status", "resolution"] as const;
const commentPage = 100;
const maxCommentPages = 50;

class JiraTracker implements Jira {
  readonly #options: JiraOptions;
  readonly #connection: JiraConnection;
  #site: z.infer<typeof shapes.serverShape> | undefined;

  constructor(options: JiraOptions) {
    this.#options = options;
    this.#connection = connect(options);
  }

  async create(issue: NewIssue, mayAct?: MayAct): Promise<Issue> {
    const { project, issueType, fields } = this.#options;
    const created = await this.#connection.call(
      { name: "create", doing: `creating an issue in ${project}`, writes: true, mayAct },
      (client) =>
        client.addNewIssue({
          fields: {
            ...fields,
            project: { key: project },
            issuetype: { name: issueType },
            summary: issue.summary,
            description: this.#markup(issue.description),
            labels: [...configuredLabels(fields), ...issue.labels],
            ...(issue.priority === undefined ? {} : { priority: { name: issue.priority } }),
          },
        }),
      shapes.createdShape,
    );
    return this.#readBack(created, issue);
  }

  async findByLabel(label: string): Promise<readonly Issue[]> {
    checkText(label, /^[^\s"\\]{1,255}$/, "label");
    const { project } = this.#options;
    const jql = `project = "${project}" AND labels = "${label}" ORDER BY created ASC`;
    const query = { fields: issueFields, maxResults: 50 };
    const { deploymentType } = await this.#server();
    const found = await this.#connection.call(
      { name: "search", doing: `searching for issues labelled ${label}`, writes: false },
      (client) => {
        // Cloud took /search away; its successor returns ids only unless told which fields.
        if (deploymentType !== "Cloud") return client.searchJira(jql, query);
        const uri = client.makeUri({ pathname: "/search/jql" });
        return client.doRequest(
          client.makeRequestHeader(uri, { method: "POST", body: { jql, ...query } }),
        );
      },
      shapes.issuesShape,
    );
    return Promise.all(found.issues.map((issue) => this.#issue(issue)));
  }

  async get(id: string): Promise<Issue | undefined> {
    checkIssue(id);
    try {
      const found = await this.#connection.call(
        { name: "get", doing: `reading issue ${id}`, writes: false },
        (client) => read(client, `/issue/${id}`, { fields: issueFields }),
        shapes.issueShape,
      );
      return await this.#issue(found);
    } catch (error) {
      if (!(error instanceof TrackerError) || error.code !== "DW_TRACKER_REFUSED") throw error;
      if (error.status !== 404) throw error;
      // What an anonymous reader may not see looks deleted: only to a user whom Jira knows it is.
      await this.#account();
      return undefined;
    }
  }

  async comments(id: string): Promise<readonly IssueComment[]> {
    checkIssue(id);
    const all: IssueComment[] = [];
    for (let page = 0; page < maxCommentPages; page += 1) {
      const { comments, total } = await this.#connection.call(
        { name: "comments", doing: `reading the comments of issue ${id}`, writes: false },
        (client) =>
          read(client, `/issue/${id}/comment`, {
            startAt: all.length,
            maxResults: commentPage,
          }),
        shapes.commentsShape,
      );
      all.push(...comments.map(marked));
      if (comments.length === 0 || all.length >= total) break;
    }
    return all;
  }

  async addComment(id: string, message: Message, mayAct?: MayAct): Promise<IssueComment> {
    checkIssue(id);
    const added = await this.#connection.call(
      { name: "comment", doing: `commenting on issue ${id}`, writes: true, mayAct },
      (client) => client.addComment(id, this.#markup(message)),
      shapes.commentShape,
    );
    return marked(added);
  }

  async updateComment(
    id: string,
    { comment, message }: CommentChange,
    mayAct?: MayAct,
  ): Promise<boolean> {
    checkIssue(id);
    checkText(comment.id, /^\d{1,19}$/, "comment id");
    const body = this.#markup(message);
    if (comment.body.replaceAll("\r\n", "\n").trim() === body) return false;
    await this.#connection.call(
      { name: "update_comment", doing: `updating a comment of issue ${id}`, writes: true, mayAct },
      (client) => client.updateComment(id, comment.id, body),
      shapes.anything,
    );
    return true;
  }

  async close(id: string, mayAct?: MayAct): Promise<void> {
    checkIssue(id);
    const { resolveTransition: transition } = this.#options;
    await makeTransition(this.#connection, id, { transition, mayAct });
  }

  async reopen(id: string, mayAct?: MayAct): Promise<void> {
    checkIssue(id);
    const { reopenTransition: transition } = this.#options;
    await makeTransition(this.#connection, id, { transition, mayAct });
  }

  async probe(): Promise<JiraProbe> {
    const { project } = this.#options;
    const site = await this.#server();
    const account = await this.#account();
    const found = await this.#connection.call(
      { name: "project", doing: `reading project ${project}`, writes: false },
      (client) => client.getProject(project),
      shapes.projectShape,
    );
    const priorities = await this.#connection.call(
      { name: "priorities", doing: "reading the priorities", writes: false },
      (client) => client.listPriorities(),
      shapes.prioritiesShape,
    );
    return {
      deployment: site.deploymentType === "Cloud" ? "Cloud" : "Server",
      account: account.displayName ?? account.name ?? account.accountId ?? "unknown",
      project: found.name ?? found.key,
      priorities: priorities.map(({ name }) => name),
    };
  }

  /** A label that silently was not stored would make every later look-up miss. */
  async #readBack(created: { id: string; key: string }, sent: NewIssue): Promise<Issue> {
    const assumed = {
      ...created,
      url: await this.#browse(created.key),
      labels: sent.labels,
      done: false,
      wontFix: false,
    };
    const stored = await this.get(created.id).catch((err: unknown) => {
      // It exists and we know its id: that must not be lost to a failed check.
      this.#options.logger.warn({ err, issue: created.key }, "new issue could not be read back");
      return undefined;
    });
    const issue = stored ?? assumed;
    const missing = sent.labels.filter((label) => !issue.labels.includes(label));
    if (missing.length === 0) return issue;
    throw jiraError(
      "DW_TRACKER_LABEL_NOT_STORED",
      `creating an issue in ${this.#options.project}: ${created.key} was created without the labels ${missing.join(", ")}`,
      {
        hint: "Put the field Labels on the project's create screen and let no automation remove Driftwarden's labels: without them a ticket whose creation was interrupted cannot be found and would be created twice.",
        maybeApplied: true,
        issue,
      },
    );
  }

  #markup(message: Message): string {
    const markup = renderWiki(message);
    this.#options.onRendered?.(markup, message);
    return markup;
  }

  async #issue({ id, key, fields }: z.infer<typeof shapes.issueShape>): Promise<Issue> {
    const resolution = fields.resolution?.name;
    return {
      id,
      key,
      url: await this.#browse(key),
      labels: fields.labels ?? [],
      done: fields.status.statusCategory?.key === "done",
      wontFix: resolution !== undefined && resolution === this.#options.wontFixResolution,
    };
  }

  async #browse(key: string): Promise<string> {
    const { url } = this.#options;
    // Scoped tokens talk to a gateway that people cannot open.
    const gateway = new URL(url).hostname === "api.atlassian.com";
    const site = gateway ? await this.#server().catch(() => undefined) : undefined;
    const home = site?.baseUrl ?? url;
    return `${home.replace(/\/+$/, "")}/browse/${key}`;
  }

  #account(): Promise<z.infer<typeof shapes.accountShape>> {
    return this.#connection.call(
      { name: "myself", doing: "asking Jira who we are", writes: false },
      (client) => client.getCurrentUser(),
      shapes.accountShape,
    );
  }

  async #server(): Promise<z.infer<typeof shapes.serverShape>> {
    this.#site ??= await this.#connection.call(
      { name: "server_info", doing: "asking Jira what it is", writes: false },
      (client) => client.getServerInfo(),
      shapes.serverShape,
    );
    return this.#site;
  }
}

function marked({ id, body }: z.infer<typeof shapes.commentShape>): IssueComment {
  return { id, body, mark: markIn(body) };
}

function configuredLabels(fields: JiraOptions["fields"]): readonly unknown[] {
  const labels = fields?.["labels"];
  return Array.isArray(labels) ? labels : [];
}
