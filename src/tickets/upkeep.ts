/**
 * Keeps a ticket up to date: its text, the fields of a route and, when the severity rises, its title, label and
 * priority. People's edits win. A part that differs from what the tracker returned after our last write stays as it is.
 * One comment then says what an edited text does not say.
 */
import { isDeepStrictEqual } from "node:util";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Rise } from "../incidents/effect.ts";
import { type Severity, severities } from "../incidents/episode.ts";
import type { IncidentEvent } from "../incidents/event.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { incidentText } from "../messages/incident-text.ts";
import type { MessageSection } from "../messages/message.ts";
import { renderNow } from "../messages/now-text.ts";
import { renderRise } from "../messages/ticket-life-text.ts";
import { commentOnce, markOf, type TicketWork, upsertComment } from "./comments.ts";
import { keptFields, newIssue, type TicketContext } from "./new-issue.ts";
import type { Ticketed, TicketedDigest } from "./reopening.ts";
import type { TicketOutcome } from "./ticket-change.ts";
import type { Issue, IssueChange, Tracker } from "./tracker.ts";
import {
  fieldHash,
  isEdited,
  isFieldEdited,
  type KeptFields,
  type OwnTexts,
  textHash,
  writtenText,
} from "./written-text.ts";

export interface UpkeepWork extends TicketWork {
  readonly context: TicketContext;
}

interface Updating {
  readonly work: UpkeepWork;
  /** The incident is worse than the ticket says. */
  readonly rise?: Rise | undefined;
  /** Whether a rise of the severity is reported without a comment. Default false. */
  readonly isQuiet?: boolean;
}

export async function updateTicket(
  issue: Issue,
  incident: Ticketed | TicketedDigest,
  { work, rise, isQuiet = false }: Updating,
): Promise<TicketOutcome> {
  const { tracker, attempt } = work;
  const own: OwnTexts = { written: incident.written, mayHaveWritten: attempt.mayHaveWritten };
  const wanted = wantedChange(issue, incident, { work, rise, own });
  attempt.willWrite?.(hashesOf(wanted, tracker));
  const { left, changed } = await tracker.update(issue, wanted, attempt.mayAct);
  const untaken = [...left, ...editedParts(issue, own, rise)];
  const isTold = rise !== undefined && rise.by === undefined && !isQuiet;
  const afterRise = isTold ? await sayRise(issue, incident, { work, rise, untaken }) : undefined;
  const afterNote = await keepNote(issue, incident, { work, untaken });
  const after = changed ? await tracker.get(issue.id) : issue;
  const change = changed ? "updated" : (afterRise ?? afterNote ?? "unchanged");
  return { change, events: writtenEvents(after, incident, withoutLeft(wanted, left)) };
}

/** Hashes by which a later attempt recognises what this one wrote, if its answer is lost. */
function hashesOf(
  { summary, description, fields = {} }: IssueChange,
  tracker: Tracker,
): readonly string[] {
  const texts = [summary, description && tracker.descriptionOf(description)];
  return [
    ...texts.flatMap((text) => (text === undefined ? [] : [textHash(text)])),
    ...Object.values(fields).map((value) => fieldHash(value, value)),
  ];
}

function wantedChange(
  issue: Issue,
  incident: Ticketed | TicketedDigest,
  { work, rise, own }: Updating & { readonly own: OwnTexts },
): IssueChange {
  const { summary, description, priority } = newIssue(incident, work.context);
  const mayWrite = (part: "summary" | "description"): boolean => !isEdited(issue, part, own);
  return {
    ...wantedFields(issue, keptFields(incident, work.context), own),
    ...(mayWrite("description") && { description }),
    ...(namesNews(incident, rise) && mayWrite("summary") && { summary }),
    ...(rise !== undefined && { labels: severityLabels(incident.severity) }),
    ...(rise !== undefined && priority !== undefined && { priority }),
  };
}

function wantedFields(issue: Issue, kept: KeptFields, own: OwnTexts): Pick<IssueChange, "fields"> {
  const ours = Object.entries(kept).filter(
    ([id, wanted]) => !isFieldEdited(issue.fields?.[id], { id, wanted }, own),
  );
  return ours.length === 0 ? {} : { fields: Object.fromEntries(ours) };
}

/** Without the fields that the tracker did not take. */
function withoutLeft({ fields, ...others }: IssueChange, left: readonly string[]): IssueChange {
  if (fields === undefined) return others;
  const taken = Object.entries(fields).filter(([id]) => !left.includes(id));
  return { ...others, fields: Object.fromEntries(taken) };
}

/** Whether the title may change. That of a digest or a shared incident counts; any other changes with a rise only. */
function namesNews(incident: Incident | Digest, rise: Rise | undefined): boolean {
  return rise !== undefined || isDigest(incident) || isShared(incident);
}

function severityLabels(severity: Severity): NonNullable<IssueChange["labels"]> {
  return { add: [severity], remove: severities.filter((other) => other !== severity) };
}

function editedParts(issue: Issue, own: OwnTexts, rise: Rise | undefined): readonly string[] {
  const parts =
    rise === undefined ? (["description"] as const) : (["summary", "description"] as const);
  return parts.filter((part) => isEdited(issue, part, own));
}

interface Saying {
  readonly work: UpkeepWork;
  readonly untaken: readonly string[];
}

function sayRise(
  issue: Issue,
  incident: Ticketed | TicketedDigest,
  { work, rise, untaken }: Saying & { readonly rise: Rise },
): Promise<"commented" | "unchanged"> {
  const { title } = incidentText(incident, work.context);
  const mark = markOf(incident, `rise\n${rise.to}\n${incident.occurrences}`);
  return commentOnce(issue, { says: renderRise(rise, title, untaken), mark }, work);
}

/** Writes or updates one comment that says what the description cannot say. Its updates send no mail. */
async function keepNote(
  issue: Issue,
  incident: Ticketed | TicketedDigest,
  { work, untaken }: Saying,
): Promise<"commented" | "updated" | "unchanged" | undefined> {
  const isBare = issue.description.trim() === "";
  if (!untaken.includes("description") || !(isBare || hasNews(incident))) return undefined;
  const { says, about } = noteOn(issue, incident, work);
  return upsertComment(issue, { says, mark: markOf(incident, about) }, work);
}

/** Whether there is something that the ticket did not say when it was opened. The end has a mail of its own. */
function hasNews(incident: Incident | Digest): boolean {
  if (isDigest(incident) || isShared(incident)) return true;
  return incident.runs.length > 0 || incident.occurrences > 1;
}

/** On a tracker that takes no description, the comment holds the whole text. */
function noteOn(
  issue: Issue,
  incident: Ticketed | TicketedDigest,
  { context }: UpkeepWork,
): { readonly says: MessageSection; readonly about: string } {
  if (issue.description.trim() === "")
    return { says: newIssue(incident, context).description.flat(), about: "text" };
  return { says: renderNow(incident), about: "tried" };
}

/**
 * The event with the new hashes; none when they stay. The hash of a part that people edited stays, so it stays theirs.
 */
function writtenEvents(
  after: Issue | undefined,
  { ticket, written = { summary: "", description: "" } }: Ticketed | TicketedDigest,
  wanted: IssueChange,
): readonly IncidentEvent[] {
  if (after === undefined) return [];
  const { summary, description, fields } = writtenText(after, wanted.fields);
  const now = {
    summary: wanted.summary === undefined ? written.summary : summary,
    description: wanted.description === undefined ? written.description : description,
    ...((written.fields ?? fields) && { fields: { ...written.fields, ...fields } }),
  };
  if (isDeepStrictEqual(now, written)) return [];
  return [{ type: "ticket_written", ticket: ticket.id, written: now }];
}
