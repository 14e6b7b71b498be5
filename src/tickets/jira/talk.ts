/** What people say on tickets, read from Jira: one search for what changed, and the comments of single issues. */
import { z } from "zod";
import { TrackerError } from "../errors.ts";
import type { ChangedTicket, SaidComment, TicketTalk } from "../talk.ts";
import { kindOf, personOf, personShape, shownNameOf } from "./accounts.ts";
import { JiraActs } from "./acts.ts";
import { checkIssue, checkText } from "./checks.ts";
import { groupsOf } from "./groups.ts";
import { read } from "./read.ts";
import { allPages, type Searching } from "./searching.ts";
import type { JiraSite } from "./site.ts";
import { spokenIn } from "./spoken.ts";

const saidShape = z.object({
  id: z.string(),
  author: personShape,
  updateAuthor: personShape,
  body: z.string(),
  created: z.string(),
  updated: z.string().optional(),
  /** False when the comment came by mail from somebody who is no participant of the request. */
  jsdAuthorCanSeeRequest: z.boolean().optional(),
});

const saidPageShape = z.object({ comments: z.array(saidShape) });

const namedShape = z.object({ id: z.string().optional(), name: z.string().optional() }).nullish();
const changedShape = z.object({
  id: z.string(),
  fields: z.object({
    updated: z.string(),
    status: namedShape,
    assignee: personShape,
    priority: namedShape,
  }),
});

const commentsAtOnce = 100;
/** Jira sets two times when a comment is written; they differ by less than this. */
const writtenWithinMs = 1000;

export function jiraTalk(site: JiraSite, searching: Searching): TicketTalk {
  const acts = new JiraActs(site);
  let known: string | undefined;
  const us = async (): Promise<string> => {
    known ??= personOf(await site.account());
    return known;
  };
  const toSaid = async (comments: readonly z.infer<typeof saidShape>[]) => {
    const ours = await us();
    return comments.map((comment) => saidComment(comment, ours));
  };
  return {
    groupsOf: (account) => groupsOf(site, account),
    assignable: () => assignable(searching),
    changedWithin: (label, minutes) => changedWithin(searching, label, minutes),
    newestComments: (id) =>
      unlessGone(async () => {
        checkIssue(id);
        const query = { orderBy: "-created", startAt: 0, maxResults: commentsAtOnce };
        const { comments } = await site.connection.call(
          { name: "comments", doing: `reading the newest comments of issue ${id}`, writes: false },
          (client) => read(client, `/issue/${id}/comment`, query),
          saidPageShape,
        );
        return toSaid(comments);
      }),
    acts: (id) => unlessGone(async () => acts.of(id, await us())),
    comment: (id, comment) =>
      unlessGone(async () => {
        checkIssue(id);
        checkText(comment, /^\d{1,19}$/, "comment id");
        const found = await site.connection.call(
          {
            name: "comment_read",
            doing: `reading comment ${comment} of issue ${id}`,
            writes: false,
          },
          (client) => read(client, `/issue/${id}/comment/${comment}`, {}),
          saidShape,
        );
        return (await toSaid([found]))[0];
      }),
  };
}

const mostAssignable = 1000;

/** In any of the projects. */
async function assignable({ site }: Searching): Promise<ReadonlySet<string>> {
  // Data Center needs a search text. A dot matches everybody.
  const who = (await site.isCloud()) ? {} : { username: "." };
  const [home, ...routed] = site.projects.configured;
  const accounts = new Set<string>();
  for (const project of [home ?? "", ...routed]) {
    const query = { project, maxResults: mostAssignable, ...who };
    const doing = `reading who may be assigned in ${project}`;
    const found = await site.connection
      .call(
        { name: "assignable", doing, writes: false },
        (client) => read(client, "/user/assignable/search", query),
        z.array(personShape),
      )
      .catch((error: unknown) => {
        if (project === home || !isMissing(error)) throw error;
        return [];
      });
    for (const person of found) accounts.add(personOf(person));
  }
  accounts.delete("");
  return accounts;
}

/** The project of a route is not there. */
const isMissing = (error: unknown): boolean =>
  error instanceof TrackerError && (error.status === 404 || error.status === 400);

async function changedWithin(
  searching: Searching,
  label: string,
  minutes: number,
): Promise<readonly ChangedTicket[]> {
  checkText(label, /^[^\s"\\]{1,255}$/, "label");
  const { clause } = await searching.site.keyPlace();
  // Minutes back, not a time of day: Jira would read that in the time zone of our account.
  const where = `${clause(label)} AND updated >= -${minutes}m ORDER BY updated DESC`;
  const doing = "searching for tickets that were changed";
  const query = { where, doing, fields: ["updated", "status", "assignee", "priority"] };
  const found = await allPages(searching, query, changedShape);
  return found.map(({ id, fields: { updated, status, assignee, priority } }) => ({
    id,
    changed: updated,
    state: [status?.id, personOf(assignee), priority?.id ?? priority?.name].join(" "),
  }));
}

function saidComment(comment: z.infer<typeof saidShape>, us: string): SaidComment {
  const { id, author, updateAuthor, body, created, updated = created } = comment;
  const account = personOf(author);
  const byMail = comment.jsdAuthorCanSeeRequest === false;
  const sameAuthor = updateAuthor === undefined || personOf(updateAuthor) === account;
  const createdMs = Date.parse(created);
  const apartMs = Math.abs(Date.parse(updated) - createdMs);
  return {
    id,
    account,
    name: shownNameOf(author),
    by: account === us ? "us" : byMail ? "outsider" : kindOf(author),
    commands: spokenIn(body),
    size: body.length,
    saidAtMs: Number.isNaN(createdMs) ? 0 : createdMs,
    // A comment whose times cannot be read counts as edited.
    edited: !sameAuthor || !(apartMs <= writtenWithinMs),
  };
}

async function unlessGone<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const gone = error instanceof TrackerError && (error.status === 404 || error.status === 410);
    if (!gone || error.code === "DW_TRACKER_UNAUTHORIZED") throw error;
    return undefined;
  }
}
