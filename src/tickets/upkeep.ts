/**
 * Keeps a ticket true: its text, and with a rise its title, label and priority. People's edits win: a part that differs
 * from what the tracker returned after our last write is left, and what it would have said is said in a comment.
 */
import type { Rise } from "../incidents/effect.ts";
import { type Severity, severities } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { incidentText } from "../messages/incident-text.ts";
import { renderRise, renderTried } from "../messages/ticket-life-text.ts";
import { commentOnce, markOf, type TicketWork, upsertComment } from "./comments.ts";
import { newIssue, type TicketContext } from "./new-issue.ts";
import type { Ticketed } from "./reopening.ts";
import type { TicketOutcome } from "./ticket-change.ts";
import type { Issue, IssueChange } from "./tracker.ts";
import { isEdited, writtenText } from "./written-text.ts";

export interface UpkeepWork extends TicketWork {
  readonly context: TicketContext;
}

/** @param rise the incident is worse than the ticket says */
export async function updateTicket(
  issue: Issue,
  incident: Ticketed,
  { work, rise }: { readonly work: UpkeepWork; readonly rise: Rise | undefined },
): Promise<TicketOutcome> {
  const { tracker, attempt } = work;
  const wanted = wantedChange(issue, incident, { work, rise });
  const { left, changed } = await tracker.update(issue, wanted, attempt.mayAct);
  const untaken = [...left, ...editedParts(issue, incident, rise)];
  const said =
    rise === undefined || rise.by !== undefined
      ? undefined
      : await sayRise(issue, incident, { work, rise, untaken });
  const tried = await sayTried(issue, incident, { work, untaken });
  const after = changed ? await tracker.get(issue.id) : undefined;
  const change = changed ? "updated" : (said ?? tried ?? "unchanged");
  return { change, events: after === undefined ? [] : [writtenEvent(after, incident, wanted)] };
}

interface Updating {
  readonly work: UpkeepWork;
  readonly rise: Rise | undefined;
}

function wantedChange(issue: Issue, incident: Ticketed, { work, rise }: Updating): IssueChange {
  const { summary, description, priority } = newIssue(incident, work.context);
  const mayWrite = (part: "summary" | "description"): boolean =>
    !isEdited(issue, part, incident.written);
  return {
    ...(mayWrite("description") && { description }),
    ...(namesNews(incident, rise) && mayWrite("summary") && { summary }),
    ...(rise !== undefined && { labels: severityLabels(incident.severity) }),
    ...(rise !== undefined && priority !== undefined && { priority }),
  };
}

/** The title of an incident that many share grows with it; another one changes only when it gets worse. */
function namesNews(incident: Incident, rise: Rise | undefined): boolean {
  return rise !== undefined || isShared(incident);
}

function severityLabels(severity: Severity): NonNullable<IssueChange["labels"]> {
  return { add: [severity], remove: severities.filter((other) => other !== severity) };
}

function editedParts(
  issue: Issue,
  { written }: Incident,
  rise: Rise | undefined,
): readonly string[] {
  const parts =
    rise === undefined ? (["description"] as const) : (["summary", "description"] as const);
  return parts.filter((part) => isEdited(issue, part, written));
}

interface Saying {
  readonly work: UpkeepWork;
  readonly untaken: readonly string[];
}

function sayRise(
  issue: Issue,
  incident: Ticketed,
  { work, rise, untaken }: Saying & { readonly rise: Rise },
): Promise<"commented" | "unchanged"> {
  const { title } = incidentText(incident, work.context);
  const mark = markOf(incident, `rise\n${rise.to}\n${incident.occurrences}`);
  return commentOnce(issue, { says: renderRise(rise, title, untaken), mark }, work);
}

/** Where the description cannot say it. A tracker that takes no description at all gets the whole text so. */
async function sayTried(
  issue: Issue,
  incident: Ticketed,
  { work, untaken }: Saying,
): Promise<"commented" | "updated" | "unchanged" | undefined> {
  if (!untaken.includes("description")) return undefined;
  if (issue.description.trim() === "") {
    const says = newIssue(incident, work.context).description.flat();
    return upsertComment(issue, { says, mark: markOf(incident, "text") }, work);
  }
  if (incident.runs.length === 0) return undefined;
  const says = renderTried(incident.runs);
  return upsertComment(issue, { says, mark: markOf(incident, "tried") }, work);
}

/** Of a part that people edited the hash stays what it was, so that it stays theirs. */
function writtenEvent(after: Issue, { ticket, written }: Ticketed, wanted: IssueChange) {
  const now = writtenText(after);
  return {
    type: "ticket_written",
    ticket: ticket.id,
    written: {
      summary: wanted.summary === undefined ? (written?.summary ?? "") : now.summary,
      description:
        wanted.description === undefined ? (written?.description ?? "") : now.description,
    },
  } as const;
}
