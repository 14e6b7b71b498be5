/** What people say on tickets, read from Jira: one search for what changed, and the comments of single issues. */
import { z } from "zod";
import { TrackerError } from "../errors.ts";
import type { ChangedTicket, SaidComment, TicketTalk } from "../talk.ts";
import { checkIssue, checkText } from "./checks.ts";
import { read } from "./read.ts";
import { allPages, type Searching } from "./searching.ts";
import type { JiraSite } from "./site.ts";
import { spokenIn } from "./spoken.ts";

/** An account has an id on Cloud and a key on Data Center. A deleted one may have neither. */
const authorShape = z
  .object({
    accountId: z.string().optional(),
    accountType: z.string().optional(),
    key: z.string().optional(),
    name: z.string().optional(),
  })
  .nullish();

const saidShape = z.object({
  id: z.string(),
  author: authorShape,
  updateAuthor: authorShape,
  body: z.string(),
  created: z.string(),
  updated: z.string().optional(),
});

const saidPageShape = z.object({ comments: z.array(saidShape) });
const changedShape = z.object({ id: z.string(), fields: z.object({ updated: z.string() }) });

const commentsAtOnce = 100;
/** Jira stamps a comment twice when it is written. */
const writtenWithinMs = 1000;

export function jiraTalk(site: JiraSite, searching: Searching): TicketTalk {
  let us: string | undefined;
  const said = async (comments: readonly z.infer<typeof saidShape>[]) => {
    us ??= idOf(await site.account());
    return comments.map((comment) => saidComment(comment, us ?? ""));
  };
  return {
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
        return said(comments);
      }),
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
        return (await said([found]))[0];
      }),
  };
}

const mostAssignable = 1000;

async function assignable({ site, project }: Searching): Promise<ReadonlySet<string>> {
  // Data Center finds everybody by a dot, and nobody by nothing.
  const who = (await site.isCloud()) ? {} : { username: "." };
  const found = await site.connection.call(
    { name: "assignable", doing: `reading who may be assigned in ${project}`, writes: false },
    (client) =>
      read(client, "/user/assignable/search", { project, maxResults: mostAssignable, ...who }),
    z.array(authorShape),
  );
  return new Set(found.map(idOf).filter((id) => id !== ""));
}

async function changedWithin(
  searching: Searching,
  label: string,
  minutes: number,
): Promise<readonly ChangedTicket[]> {
  checkText(label, /^[^\s"\\]{1,255}$/, "label");
  const { project } = searching;
  // Minutes back, not a time of day: Jira would read that in the time zone of our account.
  const jql = `project = "${project}" AND labels = "${label}" AND updated >= -${minutes}m ORDER BY updated DESC`;
  const doing = "searching for tickets that were changed";
  const query = { jql, doing, fields: ["updated"] };
  const found = await allPages(searching, query, changedShape);
  return found.map(({ id, fields }) => ({ id, changed: fields.updated }));
}

type Author = z.infer<typeof authorShape>;

function idOf(author: Author): string {
  return author?.accountId ?? author?.key ?? author?.name ?? "";
}

function saidComment(comment: z.infer<typeof saidShape>, us: string): SaidComment {
  const { id, author, updateAuthor, body, created, updated = created } = comment;
  const account = idOf(author);
  const sameAuthor = updateAuthor === undefined || idOf(updateAuthor) === account;
  const createdMs = Date.parse(created);
  const apartMs = Math.abs(Date.parse(updated) - createdMs);
  return {
    id,
    account,
    by: account === us ? "us" : kindOf(author),
    commands: spokenIn(body),
    size: body.length,
    saidAtMs: Number.isNaN(createdMs) ? 0 : createdMs,
    // A time that cannot be read proves nothing.
    edited: !sameAuthor || !(apartMs <= writtenWithinMs),
  };
}

/** Data Center does not say. What is not known there is in nobody's entry under `people:`. */
function kindOf(author: Author): "person" | "app" | "outsider" {
  if (idOf(author) === "") return "app";
  if (author?.accountType === "app") return "app";
  return author?.accountType === "customer" ? "outsider" : "person";
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
