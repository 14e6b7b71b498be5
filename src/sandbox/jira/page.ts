/** The sandbox's tickets for people: a list and a page for each, without script. */
import { plainText } from "../../tickets/plain-text.ts";
import type { SandboxIssue } from "./tracker.ts";

const style =
  "body{font:15px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}" +
  "pre{white-space:pre-wrap;background:#f4f5f7;padding:1rem;border-radius:6px}" +
  "td{padding:.3rem 1rem .3rem 0}small{color:#5e6c84}";

export function listPage(issues: readonly SandboxIssue[]): string {
  const rows = issues.map(
    ({ key, summary, status, comments }) =>
      `<tr><td><a href="/browse/${html(key)}">${html(key)}</a><td>${html(summary)}<td>${html(status.name)}<td><small>${comments.length} comments</small>`,
  );
  const list = rows.length === 0 ? "<p>No tickets yet." : `<table>${rows.join("")}</table>`;
  return page("Tickets", list);
}

export function issuePage(issue: SandboxIssue): string {
  const { key, summary, status, resolution, priority, labels, description, comments } = issue;
  const state = [status.name, resolution, `priority ${priority}`, ...labels]
    .filter(Boolean)
    .join(" · ");
  const said = comments.map(
    ({ author, body, createdAtMs }) =>
      `<p><small>${html(author)}, ${html(new Date(createdAtMs).toISOString())}</small><pre>${html(plainText(body))}</pre>`,
  );
  return page(
    `${key} ${summary}`,
    `<p><a href="/">All tickets</a> <small>${html(state)}</small><pre>${html(plainText(description))}</pre>${said.join("")}`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${html(title)}</title><style>${style}</style><p><small>Driftwarden's Jira sandbox: simulated, in memory</small><h1>${html(title)}</h1>${body}</html>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function html(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => entities[mark] ?? "");
}
