/**
 * The aspect of silences: the time in which the incident is not reported, and the report at its end.
 *
 *     silence ──► tickets, comments and runs wait ── its end, or `unsilence` ──► what is still open is reported
 *
 * A silence covers the faults at the time of its declaration. A higher severity, another feature or another model is
 * reported as usual.
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

/** Whether a silence covers what the event is about. */
export function isSilenced(transition: Transition): boolean {
  const { event, incident, member, moment } = transition;
  const { silence } = incident;
  if (silence === undefined) return false;
  const episode = event.type === "episode_opened" ? event : (member?.episode ?? incident.episode);
  return covers(silence, episode, moment.nowMs);
}

/** Whether the event ended the silence, so that the open faults have to be reported. */
export function endsSilence({ before, incident }: Transition): boolean {
  return before?.silence !== undefined && incident.silence === undefined;
}

const loud: ReadonlySet<IncidentEffect["kind"]> = new Set([
  "ticket.open",
  "ticket.ensure",
  "ticket.comment",
  "ticket.picture",
]);

/** The effects without those that a silence holds back. Effects of commands, and comments about growth, stay. */
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

/** Ends the silence, unless a newer one has replaced it. */
function due(transition: Transition, { command }: SilenceDue): Change<"silence"> | undefined {
  return transition.incident.silence?.command === command ? ended(transition) : undefined;
}

/** An episode takes over a silence of another incident that covers it. */
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

/** The end of a silence. The aspect of tickets opens a ticket that was never opened. */
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

/** Tries the runs again that waited for the end of the silence. */
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
