/**
 * The aspect of silences: since when and until when nothing is told of the incident, and what is made up for at the
 * end.
 *
 *     silence ──► tickets, comments and runs wait ── its time is over, or `unsilence` ──► what is still open is told
 *
 * A silence covers what was broken when it was given. What is worse, another feature, or another model is told as usual.
 */
import type { Commanded, SilenceDue } from "../deed.ts";
import type { IncidentEffect } from "../effect.ts";
import type { Incident, RunSummary } from "../incident.ts";
import { covers, type Silence, silenceOf } from "../silence.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";

export const silences: Aspect<"silence"> = {
  name: "silences",
  slice: ["silence"],
  take: (transition) => {
    const { event, before } = transition;
    if (event.type === "commanded") return commanded(transition, event);
    if (event.type === "silence_due") return due(transition, event);
    return event.type === "episode_opened" && before?.silence === undefined
      ? inherited(transition)
      : undefined;
  },
};

/** Nothing is to be told of what the event is about. */
export function isSilenced(transition: Transition): boolean {
  const { event, incident, member, moment } = transition;
  const { silence } = incident;
  if (silence === undefined) return false;
  const episode = event.type === "episode_opened" ? event : (member?.episode ?? incident.episode);
  return covers(silence, episode, moment.nowMs);
}

/** Nothing is silenced any more; what is still open has to be told. */
export function endsSilence({ before, incident }: Transition): boolean {
  return before?.silence !== undefined && incident.silence === undefined;
}

const loud: ReadonlySet<IncidentEffect["kind"]> = new Set([
  "ticket.open",
  "ticket.ensure",
  "ticket.comment",
  "ticket.picture",
]);

/** What of these effects may be done: a person's own command is carried out, and growth is told. */
export function withoutSilenced(
  effects: readonly Planned[],
  transition: Transition,
): readonly Planned[] {
  if (transition.event.type === "commanded" || !isSilenced(transition)) return effects;
  return effects.filter(({ effect }) => !loud.has(effect.kind) || isGrowth(effect));
}

const isGrowth = (effect: IncidentEffect): boolean =>
  effect.kind === "ticket.comment" && effect.note.about === "grown";

function commanded(
  transition: Transition,
  { deed, by, command }: Commanded,
): Change<"silence"> | undefined {
  const { incident, moment } = transition;
  if (deed.kind === "silence") {
    const said = { command, by, atMs: moment.nowMs, untilMs: deed.untilMs };
    const silence = silenceOf(incident, said);
    return { slice: { silence }, effects: [timer(silence, moment.nowMs)] };
  }
  return deed.kind === "unsilence" && incident.silence !== undefined
    ? ended(transition)
    : undefined;
}

/** Another one may have been given since. */
function due(transition: Transition, { command }: SilenceDue): Change<"silence"> | undefined {
  return transition.incident.silence?.command === command ? ended(transition) : undefined;
}

/** A new incident, or one that comes again, about what is silenced already. */
function inherited({ event, incident, moment }: Transition): Change<"silence"> | undefined {
  if (event.type !== "episode_opened") return undefined;
  const { nowMs } = moment;
  const found = (moment.silences ?? []).find((silence) => covers(silence, event, nowMs));
  if (found === undefined) return undefined;
  const silence = { ...found, occurrences: incident.occurrences - 1 };
  return { slice: { silence }, effects: [timer(silence, nowMs)] };
}

const timer = ({ command, untilMs }: Silence, nowMs: number): Planned => ({
  effect: { kind: "incident.silence_over", command },
  dueInMs: Math.max(0, untilMs - nowMs),
  timer: true,
});

const ensure: Planned = { effect: { kind: "ticket.ensure" } };
const update: Planned = { effect: { kind: "ticket.update" } };

/** A ticket that was never opened is opened by the aspect of tickets. */
function ended({ incident, moment }: Transition): Change<"silence"> {
  const { state, ticket, closedByHand } = incident;
  const isLeftClosed = closedByHand !== undefined && closedByHand.untilMs > moment.nowMs;
  const opens = state === "open" && !isLeftClosed ? [ensure] : [];
  return {
    slice: { silence: undefined },
    effects: [
      ...(ticket === undefined || state === "resolved" ? [] : [...opens, update]),
      ...askedAgain(incident, moment.nowMs),
    ],
  };
}

/** Runs that wait for its end are asked for now. */
function askedAgain({ runs, state }: Incident, nowMs: number): readonly Planned[] {
  if (state !== "open") return [];
  return runs.flatMap((run) => {
    const { id, episode } = run;
    if (episode === undefined || !waits(run, nowMs)) return [];
    return [{ effect: { kind: "run.retry", run: id, episode }, timer: true }];
  });
}

const waits = ({ gate, retryAtMs }: RunSummary, nowMs: number): boolean =>
  gate === "frozen" && retryAtMs !== undefined && retryAtMs > nowMs;
