/** Jira behind the Tracker port: REST v2 and its wiki markup, which Cloud and Data Center both speak. */
import type { z } from "zod";
import type { Message } from "../../messages/message.ts";
import type { MayAct } from "../../permit.ts";
import type { TicketTalk } from "../talk.ts";
import type {
  CommentChange,
  Issue,
  IssueChange,
  IssueComment,
  IssueUpdate,
  NewIssue,
  OnRendered,
  TicketFiles,
  Tracker,
} from "../tracker.ts";
import { personOf } from "./accounts.ts";
import { changeIssue, linkIssues } from "./changing.ts";
import { checkIssue, checkProject, checkText } from "./checks.ts";
import type { JiraConnection } from "./connection.ts";
import { createIssue, type NewIssueOptions } from "./creating.ts";
import { jiraFiles } from "./files.ts";
import { read } from "./read.ts";
import { removeComment } from "./removing.ts";
import { findAmongNewest, findByLabel, issueAt, openIds, type Searching } from "./searching.ts";
import * as shapes from "./shapes.ts";
import { JiraSite, type JiraSiteOptions } from "./site.ts";
import { jiraTalk } from "./talk.ts";
import { makeTransition, type WorkflowMove } from "./transitions.ts";
import { markIn, renderWiki } from "./wiki.ts";

export interface JiraOptions extends JiraSiteOptions, NewIssueOptions {
  /** Name or id of the transition that closes an issue. */
  readonly resolveTransition: string;
  /** Name or id of the transition that reopens an issue. */
  readonly reopenTransition: string;
  /** Sent with the transition that closes an issue, by Jira's field ids, where it demands them. */
  readonly resolveFields?: Readonly<Record<string, unknown>>;
  /** Called with each description or comment that is sent, and with the message that it renders. */
  readonly onRendered?: OnRendered | undefined;
}

/** What Jira reports about itself and about our account. */
interface JiraProbe {
  readonly deployment: "Cloud" | "Server";
  readonly account: string;
  readonly project: string;
  readonly priorities: readonly string[];
}

export interface Jira extends Tracker {
  /** Asks for everything Driftwarden relies on; reads only. Throws TrackerError. */
  probe(): Promise<JiraProbe>;
  /** What people say on tickets. */
  readonly talk: TicketTalk;
}

/**
 * @throws TrackerError `DW_JIRA_BAD_URL`, `DW_JIRA_INSECURE_URL`, `DW_JIRA_BAD_KEY`, `DW_TRACKER_UNAUTHORIZED` (an empty token)
 */
export function openJira(options: JiraOptions): Jira {
  for (const key of [options.project, ...(options.routedProjects ?? [])]) checkProject(key);
  return new JiraTracker(options);
}

/** Makes a comment internal in a service desk. Other projects ignore the property. */
const internal = [{ key: "sd.public.comment", value: { internal: true } }];
const commentPage = 100;
const maxCommentPages = 50;

class JiraTracker implements Jira {
  readonly #options: JiraOptions;
  readonly #site: JiraSite;
  readonly #connection: JiraConnection;
  readonly #searching: Searching;
  readonly talk: TicketTalk;
  readonly files: TicketFiles;

  constructor(options: JiraOptions) {
    this.#options = options;
    this.#site = new JiraSite(options);
    this.#connection = this.#site.connection;
    this.#searching = { site: this.#site };
    this.talk = jiraTalk(this.#site, this.#searching);
    this.files = jiraFiles(this.#connection);
  }

  async ping(): Promise<void> {
    await this.#site.account();
  }

  hasRoom(): boolean {
    return this.#options.pace?.hasRoom ?? true;
  }

  create(issue: NewIssue, mayAct?: MayAct): Promise<Issue> {
    const creating = {
      site: this.#site,
      options: this.#options,
      markup: this.#markup,
      get: (id: string) => this.get(id),
    };
    return createIssue(creating, issue, mayAct);
  }

  findByLabel(label: string): Promise<readonly Issue[]> {
    return findByLabel(this.#searching, label);
  }

  findAmongNewest(isIt: (issue: Issue) => boolean): Promise<Issue | "unsure" | undefined> {
    return findAmongNewest(this.#searching, isIt);
  }

  openIds(label: string): Promise<ReadonlySet<string>> {
    return openIds(this.#searching, label);
  }

  async get(id: string): Promise<Issue | undefined> {
    checkIssue(id);
    const found = await issueAt(this.#site, id);
    if (found !== undefined) return found;
    // An issue also looks deleted without a login, and while Jira starts. So it counts as gone only if Jira accepts our
    // login and does not find it a second time.
    await this.#site.account();
    return issueAt(this.#site, id);
  }

  descriptionOf(message: Message): string {
    return this.#markup(message);
  }

  async update(issue: Issue, change: IssueChange, mayAct?: MayAct): Promise<IssueUpdate> {
    checkIssue(issue.id);
    const changing = {
      site: this.#site,
      connection: this.#connection,
      markup: this.#markup,
      mayAct,
    };
    return changeIssue(changing, issue, change);
  }

  async link(id: string, other: string, mayAct?: MayAct): Promise<boolean> {
    checkIssue(id);
    checkIssue(other);
    return linkIssues({ connection: this.#connection, mayAct }, id, other);
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
      (client) =>
        client.addCommentAdvanced(id, { body: this.#markup(message), properties: internal }),
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

  async removeComment(id: string, comment: IssueComment, mayAct?: MayAct): Promise<boolean> {
    checkIssue(id);
    checkText(comment.id, /^\d{1,19}$/, "comment id");
    return removeComment(this.#connection, { issue: id, comment: comment.id, mayAct });
  }

  close(id: string, mayAct?: MayAct): Promise<void> {
    const { resolveTransition: transition, resolveFields: fields = {} } = this.#options;
    return this.#move(id, { to: "done", transition, fields, mayAct });
  }

  reopen(id: string, mayAct?: MayAct): Promise<void> {
    const { reopenTransition: transition } = this.#options;
    return this.#move(id, { to: "open", transition, fields: {}, mayAct });
  }

  async #move(id: string, move: Omit<WorkflowMove, "isDone">): Promise<void> {
    checkIssue(id);
    const isDone = async (): Promise<boolean> => (await this.get(id))?.done ?? move.to === "done";
    await makeTransition(this.#connection, id, { ...move, isDone });
  }

  async probe(): Promise<JiraProbe> {
    const { project } = this.#options;
    const cloud = await this.#site.isCloud();
    const account = await this.#site.account();
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
      deployment: cloud ? "Cloud" : "Server",
      account: account.displayName ?? account.name ?? account.accountId ?? "unknown",
      project: found.name ?? found.key,
      priorities: priorities.map(({ name }) => name),
    };
  }

  readonly #markup = (message: Message): string => {
    const markup = renderWiki(message);
    this.#options.onRendered?.(markup, message);
    return markup;
  };
}

function marked({ id, author, body }: z.infer<typeof shapes.commentShape>): IssueComment {
  return { id, author: personOf(author), body, mark: markIn(body) };
}
