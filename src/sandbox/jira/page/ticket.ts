/** One ticket of the sandbox as people see it, and what they can do to it there. */
import { escapeHtml } from "../../../html.ts";
import { priorities } from "../field-rules.ts";
import type { FieldChange, SandboxComment, SandboxHistory, SandboxIssue } from "../issue.ts";
import type { Site } from "../site.ts";
import { pageHtml, personHtml, timeHtml } from "./layout.ts";
import { wikiHtml } from "./wiki.ts";

export interface ShownTicket {
  readonly issue: SandboxIssue;
  /** How many mails each watcher got. */
  readonly mails: number;
  /** Who is chosen to act. */
  readonly as?: string | undefined;
  /** Why the last act was refused. */
  readonly refused?: string | undefined;
}

export function ticketPage(site: Site, { issue, mails, as, refused }: ShownTicket): string {
  const { key, summary, description, comments, history } = issue;
  const newest = comments.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs)[0];
  const html = comments
    .map((comment) => commentHtml(site, comment, comment === newest ? ' id="newest"' : ""))
    .join("");
  const changes = history.map((entry) => historyHtml(site, entry)).join("");
  const body = [
    `<p><a href="/">All tickets</a> · <a href="/browse/${escapeHtml(key)}">Reload</a></p>`,
    `<small>${escapeHtml(key)}</small><h1>${escapeHtml(summary)}</h1>`,
    factsHtml(site, issue, mails),
    refused === undefined ? "" : `<p class="refused" role="alert">${escapeHtml(refused)}</p>`,
    wikiHtml(description),
    attachmentsHtml(issue),
    `<h2>Comments</h2>${html || "<p class='small'>None yet.</p>"}`,
    formHtml(site, issue, as),
    changes === "" ? "" : `<h2>History</h2>${changes}`,
  ];
  return pageHtml(`${key} ${summary}`, body.join(""));
}

function factsHtml(site: Site, issue: SandboxIssue, mails: number): string {
  const { status, resolution, priority, assignee, reporter, labels, links } = issue;
  const facts = [
    escapeHtml(resolution === undefined ? status.name : `${status.name} (${resolution})`),
    `priority ${escapeHtml(priority)}`,
    `assigned to ${personHtml(site, assignee)}`,
    `reported by ${personHtml(site, reporter)} ${timeHtml(issue.createdAtMs)}`,
    mails === 1 ? "1 mail to each watcher" : `${mails} mails to each watcher`,
    ...links.map((key) => `linked to <a href="/browse/${escapeHtml(key)}">${escapeHtml(key)}</a>`),
  ];
  return `<p class="small">${facts.join(" · ")}<br>${labels.map(escapeHtml).join(" ")}</p>`;
}

function attachmentsHtml({ attachments }: SandboxIssue): string {
  if (attachments.length === 0) return "";
  const items = attachments.map(({ name, bytes }) => {
    const link = `<a href="/attachment/${escapeHtml(encodeURIComponent(name))}">${escapeHtml(name)}</a>`;
    return `<li>${link} <small>${Math.ceil(bytes.length / 1024)} kB</small></li>`;
  });
  return `<h2>Attachments</h2><ul>${items.join("")}</ul>`;
}

/** @param id the attribute by which it can be linked to; empty for none */
function commentHtml(site: Site, comment: SandboxComment, id: string): string {
  const { author, body, createdAtMs, updatedAtMs, updateAuthor, internal } = comment;
  const edited = updatedAtMs !== createdAtMs || updateAuthor !== author;
  const facts = [
    `<b>${personHtml(site, author)}</b>`,
    timeHtml(createdAtMs),
    ...(edited ? [`edited by ${personHtml(site, updateAuthor)} ${timeHtml(updatedAtMs)}`] : []),
    ...(internal && site.project.serviceDesk ? ["internal"] : []),
  ];
  return `<article class="said"${id}><small>${facts.join(" · ")}</small>${wikiHtml(body)}</article>`;
}

function historyHtml(site: Site, { author, atMs, items, automated }: SandboxHistory): string {
  const changes = items.map(({ field, from, to }) => changeHtml(field, from[1], to[1])).join(", ");
  const who = automated ? `a rule of ${personHtml(site, author)}` : personHtml(site, author);
  return `<div class="said"><small>${who} · ${timeHtml(atMs)} · ${changes}</small></div>`;
}

function changeHtml(field: FieldChange["field"], from: string | null, to: string | null): string {
  if (field === "description") return "description";
  return escapeHtml(`${field}: ${from ?? "none"} → ${to ?? "none"}`);
}

/** People and customers may type here; programs have tokens. */
function formHtml(site: Site, issue: SandboxIssue, as: string | undefined): string {
  const people = site.accounts.all.filter(
    ({ kind, name }) => kind !== "app" && name !== issue.reporter,
  );
  const options = people.map(({ name, displayName }) => ({ value: name, text: displayName }));
  const moves = site.tracker
    .transitions(issue)
    .map(
      ({ id, name }) =>
        `<button name="do" value="move ${escapeHtml(id)}">${escapeHtml(name)}</button>`,
    );
  const assignees = [{ value: "", text: "nobody" }, ...options];
  const weights = priorities.map((name) => ({ value: name, text: name }));
  return (
    `<form method="post" action="/browse/${escapeHtml(issue.key)}">` +
    `<label>As ${selectHtml("as", options, as)}</label>` +
    `<textarea name="body" aria-label="Comment" placeholder="Type a comment, for example dw ack or dw help"></textarea>` +
    `<button name="do" value="comment">Comment</button>${moves.join("")}` +
    `<label>${selectHtml("assignee", assignees, issue.assignee)}</label><button name="do" value="assign">Assign</button>` +
    `<label>${selectHtml("priority", weights, issue.priority)}</label><button name="do" value="weigh">Set priority</button></form>` +
    answerHint(site, issue, as)
  );
}

/**
 * Links to the newest answer, which may be a part of an earlier comment. A new address makes the browser load the page.
 */
function answerHint(site: Site, { key }: SandboxIssue, as: string | undefined): string {
  const query = new URLSearchParams({ ...(as !== undefined && { as }), at: String(site.now()) });
  const address = escapeHtml(`/browse/${key}?${query.toString()}#newest`);
  return `<p class="small"><a href="${address}">Reload and show the newest answer</a>. Answers within a minute are added to one comment.</p>`;
}

interface Option {
  readonly value: string;
  readonly text: string;
}

function selectHtml(name: string, options: readonly Option[], chosen: string | undefined): string {
  const html = options.map(({ value, text }) => {
    const selected = value === (chosen ?? "") ? " selected" : "";
    return `<option value="${escapeHtml(value)}"${selected}>${escapeHtml(text)}</option>`;
  });
  return `<select name="${name}" aria-label="${name}">${html.join("")}</select>`;
}
