/** Serves the pages of the sandbox, and takes what people do on them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerCall, type SandboxParts } from "../serving.ts";
import type { Site } from "../site.ts";
import { callOf } from "./acts.ts";
import { boardPage } from "./board.ts";
import { pageHtml } from "./layout.ts";
import { ticketPage } from "./ticket.ts";

/** More than the longest comment, form-encoded. */
const mostBytes = 400_000;

export async function servePage(
  parts: SandboxParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox");
  const key = /^\/browse\/([\w-]+)$/.exec(pathname)?.[1] ?? "";
  const posts = request.method === "POST";
  if (!isOurs(parts, request)) return show(response, 403, messagePage("This address is not mine."));
  if (posts) return act(parts, { request, key }, response);
  const file = /^\/attachment\/([\w.-]+)$/.exec(pathname)?.[1];
  if (file !== undefined) return showFile(parts.site, file, response);
  if (pathname === "/") return show(response, 200, boardPage(parts.site));
  return showTicket(parts, { key, as: searchParams.get("as") ?? undefined }, response);
}

function showTicket(
  { site, mails }: SandboxParts,
  { key, as }: { readonly key: string; readonly as: string | undefined },
  response: ServerResponse,
): void {
  const issue = site.tracker.find(key);
  if (issue === undefined) return show(response, 404, messagePage("There is no such page."));
  return show(response, 200, ticketPage(site, { issue, mails: mails.of(issue.key), as }));
}

async function act(
  parts: SandboxParts,
  { request, key }: { readonly request: IncomingMessage; readonly key: string },
  response: ServerResponse,
): Promise<void> {
  const form = new URLSearchParams(await textOf(request));
  const issue = parts.site.tracker.find(key);
  const call = issue && callOf(parts.site, issue, form);
  if (issue === undefined || call === undefined)
    return show(response, 400, messagePage("There is no such ticket, person or act."));
  const { status, body } = answerCall(parts, call);
  const as = call.by.name;
  if (status < 400) {
    response
      .writeHead(303, { location: `/browse/${issue.key}?as=${encodeURIComponent(as)}` })
      .end();
    return;
  }
  const refused = `Not done: ${JSON.stringify(body)}`;
  const shown = { issue, mails: parts.mails.of(issue.key), as, refused };
  show(response, status, ticketPage(parts.site, shown));
}

/** Whether a request is for our own address and from our own page. A foreign page must not act here. */
function isOurs({ site }: SandboxParts, { headers }: IncomingMessage): boolean {
  const { port } = new URL(site.url);
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = "", origin } = headers;
  return (
    hosts.includes(host) && (origin === undefined || hosts.includes(origin.replace("http://", "")))
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size > mostBytes ? "" : Buffer.concat(chunks).toString("utf8");
}

/** The newest file of the name. Only what is a picture is shown, so that no file can act in the page. */
function showFile({ tracker }: Site, name: string, response: ServerResponse): void {
  const all = tracker.issues.flatMap(({ attachments }) => attachments);
  const found = all.findLast((one) => one.name === name && one.type === "image/png");
  if (found === undefined) return show(response, 404, messagePage("There is no such picture."));
  response.writeHead(200, {
    "content-type": "image/png",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'",
  });
  response.end(found.bytes);
}

function messagePage(says: string): string {
  return pageHtml(says, `<h1>${says}</h1><p><a href="/">All tickets</a></p>`);
}

function show(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy":
      "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  });
  response.end(html);
}
