/**
 * What the demo proves, counted from the ledgers of the Jira sandbox and the engine, not from what Driftwarden
 * reports.
 */
import { cadenceMs, models, promisedRestart } from "./script.ts";

export interface TicketSeen {
  readonly summary: string;
  /** When the sandbox created it, story time, milliseconds since 1970. */
  readonly atMs: number;
  readonly comments: readonly string[];
}

export interface Scorecard {
  /** Faults of the story. */
  readonly injected: number;
  /** Faults with a ticket that names the model, and the guilty feature where there is one. */
  readonly detected: number;
  readonly missed: number;
  /** Tickets that belong to no fault. */
  readonly false_tickets: number;
  readonly harmless: number;
  readonly harmless_silent: number;
  /** Restarts the engine carried out. */
  readonly runs: number;
  /** Comments that tell what became of the promised restart, on the ticket of its model. */
  readonly outcomes_told: number;
  /** Median attributions between a fault and its ticket; null when nothing was detected. */
  readonly delay_points: number | null;
}

/** @param story.originMs story time of step 0 */
export function scorecard(
  tickets: readonly TicketSeen[],
  story: { readonly originMs: number; readonly runs: number },
): Scorecard {
  const faults = models.filter((model) => model.change.harmful);
  const harmless = models.filter((model) => !model.change.harmful);
  const delays: number[] = [];
  const matched = new Set<TicketSeen>();
  for (const { model, change } of faults) {
    const startMs = story.originMs + change.from * cadenceMs;
    const ticket = tickets.find(
      (seen) =>
        seen.summary.includes(model) &&
        seen.summary.includes(change.feature ?? "") &&
        seen.atMs >= startMs - cadenceMs / 2,
    );
    if (ticket === undefined) continue;
    matched.add(ticket);
    delays.push(Math.max(0, Math.round((ticket.atMs - startMs) / cadenceMs)));
  }
  const tripped = harmless.filter(({ model }) =>
    tickets.some((seen) => seen.summary.includes(model)),
  );
  return {
    injected: faults.length,
    detected: delays.length,
    missed: faults.length - delays.length,
    false_tickets: tickets.length - matched.size,
    harmless: harmless.length,
    harmless_silent: harmless.length - tripped.length,
    runs: story.runs,
    outcomes_told: outcomesTold(tickets),
    delay_points: delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? null,
  };
}

function outcomesTold(tickets: readonly TicketSeen[]): number {
  const { model, outcome } = promisedRestart;
  const concerned = tickets.filter(({ summary }) => summary.includes(model));
  return concerned.flatMap(({ comments }) => comments).filter((body) => body.includes(outcome))
    .length;
}

/** Whether the demo kept its promise: nothing missed, false or tripped; one restart, and its outcome told once. */
export function passed(card: Scorecard): boolean {
  const { missed, false_tickets: falseTickets, harmless, harmless_silent: silent } = card;
  const found = missed === 0 && falseTickets === 0 && silent === harmless;
  return found && card.runs === 1 && card.outcomes_told === 1;
}
