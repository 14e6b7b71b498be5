/**
 * Takes webhooks of Jira as hints which ticket to read now. Their content is not trusted: comments are read from Jira.
 * The same webhook is taken once, so a recorded one that is sent again causes no read.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Announcement, HttpHook } from "../../http-route.ts";
import type { TicketsMetrics } from "../metrics.ts";

export interface JiraWebhookOptions {
  /** Called for each webhook, so a new secret is used at once. @throws ConfigError when it cannot be read */
  readonly secret: () => string;
  /** @param ticket id of an issue, which need not be a ticket of ours */
  readonly hint: (ticket: string) => Promise<void>;
  readonly metrics: Pick<TicketsMetrics, "webhooks">;
}

const eventShape = z.object({
  webhookEvent: z.string(),
  issue: z.object({ id: z.coerce.string() }).optional().catch(undefined),
  /** A comment may come without its issue. */
  comment: z.object({ self: z.string() }).optional().catch(undefined),
});

const relevantEvents = /^(?:comment_|jira:issue_)(?:created|updated|deleted)$/;
const ticketId = /^\d{1,19}$/;
const mostRemembered = 1000;

export function jiraWebhook({ secret, hint, metrics }: JiraWebhookOptions): HttpHook {
  const taken = new Set<string>();
  const outcomeOf = async (announcement: Announcement): Promise<WebhookOutcome> => {
    if (!isGenuine(announcement, secret())) return "refused";
    const ticket = ticketIn(announcement.body);
    if (ticket === undefined) return "ignored";
    const hash = createHash("sha256").update(announcement.body).digest("base64");
    if (taken.has(hash)) return "repeated";
    await hint(ticket);
    // Remembered after the hint, so a webhook whose hint failed may be sent again.
    if (taken.size >= mostRemembered) taken.clear();
    taken.add(hash);
    return "taken";
  };
  return {
    path: "/api/v1/webhooks/jira",
    parameters: ["secret"],
    async take(announcement) {
      const outcome = await outcomeOf(announcement);
      metrics.webhooks.inc({ outcome });
      return outcome !== "refused";
    },
  };
}

type WebhookOutcome = "taken" | "repeated" | "ignored" | "refused";

/** Cloud signs the body. Data Center does not: its secret is in the address, or an automation sends it as a token. */
function isGenuine({ headers, query, body }: Announcement, secret: string): boolean {
  const signature = headers.get("x-hub-signature");
  if (signature !== null) {
    const wanted = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    return isSame(signature.toLowerCase(), wanted);
  }
  const token = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const given = token ?? query.get("secret");
  return given !== null && isSame(given, secret);
}

/** Compares hashes, so the time of the comparison says nothing about the secret. */
function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((text) => createHash("sha256").update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** @returns id of the ticket; undefined for an event that is not read here */
function ticketIn(body: string): string | undefined {
  const event = eventShape.safeParse(jsonOf(body)).data;
  if (event === undefined || !relevantEvents.test(event.webhookEvent)) return undefined;
  const id = event.issue?.id ?? /\/issue\/(\d+)\/comment\//.exec(event.comment?.self ?? "")?.[1];
  return id !== undefined && ticketId.test(id) ? id : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
