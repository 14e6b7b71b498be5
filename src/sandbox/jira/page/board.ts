/** The board of the sandbox: every ticket as a card, in a column for each category of status. */

import { escapeHtml } from "../../../html.ts";
import { counted } from "../../../plural.ts";
import type { SandboxIssue } from "../issue.ts";
import type { Site } from "../site.ts";
import type { Status } from "../workflow.ts";
import { pageHtml, personHtml, timeHtml } from "./layout.ts";

const columns: readonly (readonly [category: Status["category"], title: string])[] = [
  ["new", "To do"],
  ["indeterminate", "In progress"],
  ["done", "Done"],
];

export function boardPage(site: Site): string {
  const newestFirst = site.tracker.issues.toReversed();
  const html = columns.map(([category, title]) => {
    const issues = newestFirst.filter(({ status }) => status.category === category);
    const cards = issues.map((issue) => cardHtml(site, issue)).join("");
    return `<section class="column"><h2>${title} <small>${issues.length}</small></h2>${cards}</section>`;
  });
  const none = newestFirst.length === 0 ? "<p>No tickets yet.</p>" : "";
  return pageHtml("Tickets", `<h1>Tickets</h1>${none}<div class="board">${html.join("")}</div>`);
}

function cardHtml(site: Site, issue: SandboxIssue): string {
  const { key, summary, priority, assignee, comments, updatedAtMs } = issue;
  const count = counted(comments.length, "comment");
  const facts = [escapeHtml(priority), personHtml(site, assignee), count, timeHtml(updatedAtMs)];
  return (
    `<a class="card" href="/browse/${escapeHtml(key)}"><small>${escapeHtml(key)}</small> ` +
    `${escapeHtml(summary)}<br><small>${facts.join(" · ")}</small></a>`
  );
}
