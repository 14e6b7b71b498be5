/**
 * Carries out the promise to tell an Alertmanager that something is overdue. An Alertmanager forgets an alert that is not
 * posted again, so the effect stays promised, and posts it each minute until it is over.
 */
import type { Clock } from "../../clock.ts";
import { isUnavailable } from "../../errors.ts";
import type { Digest } from "../../incidents/digest.ts";
import type { IncidentExecutor } from "../../incidents/executor.ts";
import type { Incident } from "../../incidents/incident.ts";
import { incidentText } from "../../messages/incident-text.ts";
import { readTime } from "../../messages/text.ts";
import type { AlertEffect, Overdue } from "../overdue.ts";
import type { Alertmanager } from "./alertmanager.ts";

export interface AlertExecutorOptions {
  /** Undefined where none is configured. */
  readonly alertmanager: Alertmanager | undefined;
  /**
   * Lists the overdue things with this id. The others are not read, because each alert asks for its own every minute.
   */
  readonly list: (id: string) => Promise<readonly Overdue[]>;
  readonly clock: Clock;
}

const againMs = 60_000;
/** Prometheus ends an alert four pauses after its last post. One more is added, because a post may be late. */
const lastsMs = 5 * againMs;

export function alertExecutor({
  alertmanager,
  list,
  clock,
}: AlertExecutorOptions): IncidentExecutor<AlertEffect> {
  return {
    dependency: "channel:alertmanager",
    orderKey: "alertmanager",
    isUnavailable,
    probe: async () => void (await alertmanager?.status()),
    handlers: {
      "alertmanager.tell": async ({ overdue, sinceMs, labels }, subject, attempt) => {
        if (alertmanager === undefined) return { events: [], contacted: false };
        const nowMs = clock.now();
        const goesOn = (await list(overdue)).find(
          (each) => each.id === overdue && each.subject.severity === labels["priority"],
        );
        // Nothing was posted only if this is the first attempt.
        if (goesOn === undefined && attempt.attempt === 1) return { events: [], contacted: false };
        const annotations = annotationsOf(subject, {
          sinceMs,
          goesOn,
          what: labels["driftwarden"],
        });
        const endsAtMs = goesOn === undefined ? nowMs : nowMs + lastsMs;
        const alert = { labels, annotations, startsAtMs: Math.min(sinceMs, nowMs), endsAtMs };
        await alertmanager.post(alert, attempt.mayAct);
        if (goesOn === undefined) return [];
        return { notYet: "told; it is told again until it is over", askAgainInMs: againMs };
      },
    },
  };
}

interface PostedOverdue {
  readonly sinceMs: number;
  readonly goesOn: Overdue | undefined;
  readonly what: string | undefined;
}

/** The texts for the person who is paged. They do not identify the alert, so they may change. */
function annotationsOf(
  subject: Incident | Digest,
  { sinceMs, goesOn, what }: PostedOverdue,
): Readonly<Record<string, string>> {
  const { number, severity, ticket } = subject;
  const title = `[${severity}] ${incidentText(subject, {}).title}`;
  const missing = what === "question" ? "No answer" : "No ticket";
  return {
    summary: `${missing} since ${readTime(sinceMs)}: ${title}`,
    ...(goesOn !== undefined && { description: description(goesOn) }),
    next: `driftwarden incidents show ${number}`,
    ...(ticket !== undefined && { ticket: ticket.url }),
  };
}

function description({ what, detail, subject: { number, ticket } }: Overdue): string {
  if (what === "question") {
    const how =
      ticket === undefined ? `driftwarden do ${number} approve` : "On its ticket, dw approve";
    return `Nobody answered ${detail}. ${how} asks again.`;
  }
  return `The tracker has not confirmed the ticket. ${detail ?? "It was not tried yet."}`;
}
