/** Files of the sandbox's issues: attached, described and removed. */
import { attachmentBody } from "./bodies.ts";
import { Refusal, type SandboxIssue } from "./issue.ts";
import {
  type IssueCall,
  type JiraCall,
  lacks,
  ok,
  type Reply,
  type Route,
  refuse,
  type Site,
  shownBy,
  withIssue,
} from "./site.ts";

export const attachmentRoutes: readonly Route[] = [
  ["POST", /^\/issue\/([\w-]+)\/attachments$/, withIssue(attach)],
  ["GET", /^\/attachment\/(\d+)$/, describe],
  ["DELETE", /^\/attachment\/(\d+)$/, remove],
];

function attach(site: Site, issue: SandboxIssue, { files, by }: IssueCall): Reply {
  if (files === undefined) return refuse(new Refusal(403, ["XSRF check failed"]));
  const { mostAttachedBytes } = site.project;
  const cloud = site.deployment === "Cloud";
  if (mostAttachedBytes === 0)
    return refuse(new Refusal(cloud ? 404 : 403, ["Attachments are disabled."]));
  if (lacks(site, "CREATE_ATTACHMENTS"))
    return refuse(new Refusal(403, ["You do not have permission to create attachments."]));
  if (files.some(({ bytes }) => bytes.length > mostAttachedBytes))
    return refuse(new Refusal(cloud ? 413 : 404, ["The file is larger than the maximum size."]));
  const added = files.map((file) => site.tracker.attach(issue, file, by.name));
  const shown = shownBy(site);
  return ok(
    "attachment_added",
    added.map((attachment) => attachmentBody(attachment, shown)),
  );
}

function describe(site: Site, _call: JiraCall, [id = ""]: readonly string[]): Reply {
  const found = site.tracker.findAttachment(id);
  if (found === undefined || lacks(site, "BROWSE_PROJECTS")) return refuse(missing);
  const body = attachmentBody(found.attachment, shownBy(site));
  // Cloud alone describes a single file with a number.
  const own = site.deployment === "Cloud" ? { ...body, id: Number(id) } : body;
  return ok("attachment_read", own);
}

function remove(site: Site, { by }: JiraCall, [id = ""]: readonly string[]): Reply {
  const found = site.tracker.findAttachment(id);
  if (found === undefined) return refuse(missing);
  const own = found.attachment.author === by.name && !lacks(site, "DELETE_OWN_ATTACHMENTS");
  if (!own)
    return refuse(new Refusal(403, ["You do not have permission to delete this attachment."]));
  site.tracker.detach(found);
  return { status: 204, what: "attachment_deleted", issue: found.issue.key };
}

const missing = new Refusal(404, ["The attachment with this id does not exist."]);
