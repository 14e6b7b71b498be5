/**
 * What the demo proves, counted from the ledgers of the Jira sandbox and the engine, not from what Driftwarden
 * reports.
 */
import { acts } from "./people.ts";
import { cadenceMs, changes, promisedRefusals, promisedRestarts } from "./script.ts";

export interface TicketSeen {
  readonly summary: string;
  /** When the sandbox created it, story time, milliseconds since 1970. */
  readonly atMs: number;
  readonly description: string;
  /** What Driftwarden said on it. */
  readonly comments: readonly string[];
  /** How often Driftwarden opened it again. */
  readonly reopened: number;
}

export interface Scorecard {
  /** Faults of the story. */
  readonly injected: number;
  /** Faults with a ticket that names the model or the source, and the guilty feature where there is one. */
  readonly detected: number;
  readonly missed: number;
  /** Tickets that belong to no fault. */
  readonly false_tickets: number;
  readonly harmless: number;
  readonly harmless_silent: number;
  /** Runs whose restarts the engine carried out, in the promised order and nothing else. */
  readonly runs: number;
  /** Restarts that the engine carried out, each replica by itself. */
  readonly restarts: number;
  /** How many containers were down at the same time, at most. */
  readonly down_at_once: number;
  /** Comments that tell what became of the promised restarts, each on the ticket of its model. */
  readonly outcomes_told: number;
  /** Fixes that a gate refused, with the reason on the ticket. */
  readonly refused: number;
  /** What people said and did on tickets. */
  readonly asked: number;
  /** Of these, those that Driftwarden answered on the ticket as promised. */
  readonly answered: number;
  /** How often it opened the ticket again that a person had closed too early. */
  readonly reopened: number;
  /** Median attributions between a fault and its ticket; null when nothing was detected. */
  readonly delay_points: number | null;
}

/** @param story.originMs story time of step 0 */
export function scorecard(
  tickets: readonly TicketSeen[],
  story: {
    readonly originMs: number;
    /** Names of the containers that were restarted, oldest first. */
    readonly restarted: readonly string[];
    /** How many containers were down at the same time, at most. */
    readonly mostDown: number;
  },
): Scorecard {
  const faults = changes.filter((change) => change.harmful);
  const harmless = changes.filter((change) => !change.harmful);
  const delays: number[] = [];
  const matched = new Set<TicketSeen>();
  for (const change of faults) {
    const startMs = story.originMs + change.from * cadenceMs;
    const ticket = tickets.find(
      (seen) =>
        seen.summary.includes(change.subject) &&
        seen.summary.includes(change.feature ?? "") &&
        seen.atMs >= startMs - cadenceMs / 2,
    );
    if (ticket === undefined) continue;
    matched.add(ticket);
    delays.push(Math.max(0, Math.round((ticket.atMs - startMs) / cadenceMs)));
  }
  const tripped = harmless.filter(({ subject }) =>
    tickets.some((seen) => seen.summary.includes(subject)),
  );
  return {
    injected: faults.length,
    detected: delays.length,
    missed: faults.length - delays.length,
    false_tickets: tickets.length - matched.size,
    harmless: harmless.length,
    harmless_silent: harmless.length - tripped.length,
    runs: runsSeen(story.restarted),
    restarts: story.restarted.length,
    down_at_once: story.mostDown,
    outcomes_told: outcomesTold(tickets),
    refused: refused(tickets),
    asked: acts.length,
    answered: answered(tickets),
    reopened: reopened(tickets),
    delay_points: delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? null,
  };
}

/** The promised runs that the restarts make up, one after the other. */
function runsSeen(restarted: readonly string[]): number {
  let left = restarted;
  const seen = promisedRestarts.filter(({ containers }) => {
    const isNext = containers.every((name, place) => left[place] === name);
    if (isNext) left = left.slice(containers.length);
    return isNext;
  });
  return seen.length;
}

function outcomesTold(tickets: readonly TicketSeen[]): number {
  const outcomes = promisedRestarts.flatMap(({ model, outcome }) =>
    on(tickets, model)
      .flatMap(({ comments }) => comments)
      .filter((body) => body.includes(outcome)),
  );
  return outcomes.length;
}

function refused(tickets: readonly TicketSeen[]): number {
  const texts = on(tickets, promisedRefusals.model).map(({ description }) => description);
  return promisedRefusals.says.filter((reason) => texts.some((text) => text.includes(reason)))
    .length;
}

function answered(tickets: readonly TicketSeen[]): number {
  const isAnswered = ({ subject, answer }: (typeof acts)[number]): boolean =>
    on(tickets, subject).some(({ comments }) => comments.some((body) => body.includes(answer)));
  return acts.filter(isAnswered).length;
}

function reopened(tickets: readonly TicketSeen[]): number {
  const closed = acts.filter(({ says }) => says === undefined);
  const concerned = closed.flatMap(({ subject }) => on(tickets, subject));
  return concerned.reduce((sum, ticket) => sum + ticket.reopened, 0);
}

const on = (tickets: readonly TicketSeen[], subject: string): readonly TicketSeen[] =>
  tickets.filter(({ summary }) => summary.includes(subject));

/**
 * Whether the story ended as it should. No fault was missed, no ticket was false, and no harmless change opened one.
 * Each restart happened once, one container at a time, and its outcome was reported once. Each refusal is on its
 * ticket. Every person was answered, and the ticket that was closed too early was opened again once.
 */
export function passed(card: Scorecard): boolean {
  const { missed, false_tickets: falseTickets, harmless, harmless_silent: silent } = card;
  const found = missed === 0 && falseTickets === 0 && silent === harmless;
  const runs = promisedRestarts.length;
  const restarts = promisedRestarts.flatMap(({ containers }) => containers).length;
  const acted = card.runs === runs && card.restarts === restarts && card.down_at_once === 1;
  const healed = acted && card.outcomes_told === runs;
  const responded = card.answered === card.asked && card.reopened === 1;
  return found && healed && card.refused === promisedRefusals.says.length && responded;
}
