/** The sandbox's tickets for people: a list and a page for each, without script. */
import { escapeHtml } from "../../html.ts";
import { messageHtml } from "../../messages/html.ts";
import type { SandboxIssue } from "./issue.ts";
import type { KnownMessages } from "./known-messages.ts";

const style =
  "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}" +
  "pre{white-space:pre-wrap;background:#f4f5f7;padding:1rem;border-radius:6px}" +
  "td,th{padding:.3rem 1rem .3rem 0;text-align:left}small{color:#5e6c84}";

export function listPage(issues: readonly SandboxIssue[]): string {
  const rows = issues.map(
    ({ key, summary, status, comments }) =>
      `<tr><td><a href="/browse/${escapeHtml(key)}">${escapeHtml(key)}</a><td>${escapeHtml(summary)}<td>${escapeHtml(status.name)}<td><small>${comments.length} comments</small>`,
  );
  const list = rows.length === 0 ? "<p>No tickets yet." : `<table>${rows.join("")}</table>`;
  return page("Tickets", list);
}

export function issuePage(issue: SandboxIssue, known: KnownMessages): string {
  const { key, summary, status, resolution, priority, labels, description, comments } = issue;
  const state = [status.name, resolution, `priority ${priority}`, ...labels]
    .filter(Boolean)
    .join(" · ");
  const said = comments.map(
    ({ author, body, createdAtMs }) =>
      `<p><small>${escapeHtml(author)}, ${escapeHtml(new Date(createdAtMs).toISOString())}</small>${messageHtml(known.of(body))}`,
  );
  return page(
    `${key} ${summary}`,
    `<p><a href="/">All tickets</a> <small>${escapeHtml(state)}</small>${messageHtml(known.of(description))}${said.join("")}`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${style}</style><p><small>Driftwarden's Jira sandbox: simulated, in memory</small><h1>${escapeHtml(title)}</h1>${body}</html>`;
}
