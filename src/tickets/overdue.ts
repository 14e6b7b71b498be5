/**
 * Notices that people may not know what they should: a ticket that the tracker has not confirmed in time, or a question
 * that nobody answered until its own deadline. It says so in the readiness and in a metric, and promises an alert.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Severity } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { scopeOf } from "../incidents/subject.ts";
import { readTime } from "../messages/text.ts";
import { modelName } from "../model-key.ts";

/** A ticket that is not confirmed after this is overdue, ms. */
export const ticketOverdueMs = 300_000;

/** As it is stored; see `store/outbox/overdue.ts`. */
export interface Overdue {
  readonly what: "ticket" | "question";
  readonly id: string;
  readonly sinceMs: number;
  readonly detail: string | null;
  readonly subject: Incident | Digest;
}

/** Posts an alert to the alert manager, again and again until it is over. The names are stored, so they stay. */
export interface AlertEffect {
  readonly kind: "alertmanager.tell";
  /** Id of what is overdue. */
  readonly overdue: string;
  readonly sinceMs: number;
  /** They identify the alert, so they do not change while it lasts. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PromisedAlert {
  /** Deterministic, so that an overdue thing is reported once. */
  readonly id: string;
  readonly incident: string;
  readonly effect: AlertEffect;
}

export interface OverdueWatchOptions {
  /** All that is overdue now, oldest first. */
  readonly list: () => Promise<readonly Overdue[]>;
  /** Stores the alerts that are not stored yet. Left out where there is no alert manager. */
  readonly promise?: ((alerts: readonly PromisedAlert[]) => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

const lookEveryMs = 15_000;

/** One query to the store every 15 s, in every process. */
export class OverdueWatch {
  readonly #options: OverdueWatchOptions;
  #known: readonly Overdue[] = [];

  constructor(options: OverdueWatchOptions) {
    this.#options = options;
  }

  /** Looks until the signal aborts. */
  async run(stopping: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    let failed = false;
    while (!stopping.aborted) {
      try {
        await this.look();
        failed = false;
      } catch (err) {
        if (!failed) logger.warn({ err }, "looking for what is overdue failed; it is tried again");
        failed = true;
      }
      await clock.sleep(lookEveryMs, stopping);
    }
  }

  /** One look. Throws what the store throws; what was known stays. */
  async look(): Promise<void> {
    const { list, promise } = this.#options;
    this.#known = await list();
    if (promise !== undefined && this.#known.length > 0) await promise(this.#known.map(alertOf));
  }

  /** How many of each kind are overdue. */
  counts(): ReadonlyMap<Overdue["what"], number> {
    const of = (what: Overdue["what"]): number =>
      this.#known.filter((each) => each.what === what).length;
    return new Map([
      ["ticket", of("ticket")],
      ["question", of("question")],
    ]);
  }

  /** Why people may not know, one line; undefined when nothing is overdue. */
  get reason(): string | undefined {
    const parts = (["ticket", "question"] as const).flatMap((what) => {
      const all = this.#known.filter((each) => each.what === what);
      return all[0] === undefined ? [] : [says[what](all.length, all[0])];
    });
    return parts.length === 0 ? undefined : parts.join("; ");
  }
}

const says: Readonly<Record<Overdue["what"], (count: number, oldest: Overdue) => string>> = {
  ticket: (count, { subject, sinceMs, detail }) => {
    const whose = count === 1 ? `the ticket of #${subject.number} is` : `${count} tickets are`;
    const since = `the tracker has not confirmed ${count === 1 ? "it" : `that of #${subject.number}`} since ${readTime(sinceMs)}`;
    return `${whose} overdue: ${since}${detail === null ? "" : ` (${detail})`}`;
  },
  question: (count, { subject, sinceMs, detail }) => {
    const which = count === 1 ? "a question is" : `${count} questions are`;
    return `${which} unanswered: ${detail} on #${subject.number} could be answered until ${readTime(sinceMs)}`;
  },
};

/** Values of the label `severity`, in the words that most rules of Prometheus use. */
const alertSeverity = { P0: "critical", P1: "warning", P2: "info" } as const satisfies Readonly<
  Record<Severity, string>
>;
const alertNames = {
  ticket: "DriftwardenTicketOverdue",
  question: "DriftwardenQuestionUnanswered",
} as const;

/** A rise in severity is another alert: routes of alert managers go by it. */
export function alertOf({ what, id, sinceMs, subject }: Overdue): PromisedAlert {
  const { severity, number } = subject;
  const labels = {
    alertname: alertNames[what],
    driftwarden: what,
    severity: alertSeverity[severity],
    priority: severity,
    incident: String(number),
    ...namesOf(subject),
  };
  return {
    id: `alert:${id}:${severity}`,
    incident: subject.id,
    effect: { kind: "alertmanager.tell", overdue: id, sinceMs, labels },
  };
}

function namesOf(subject: Incident | Digest): Readonly<Record<string, string>> {
  if (isDigest(subject)) return { ...subject.scope };
  const about = subject.subject;
  if (about.kind === "service") return { ...scopeOf(about), service: about.name };
  const { tenant, environment, source, model } = modelName(about.key);
  return { tenant, environment, source, model };
}
