/** The aspect of people: who has the incident, and what was said to it. */
import type { AckDue, Commanded, PeopleSaid } from "../deed.ts";
import type { Incident } from "../incident.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";
import type { Planned } from "./plan.ts";

const rememberedWords = 20;
const defaultAckForMs = 4 * 3_600_000;
const nobody: PeopleSaid = { words: [], questions: [], lastAtMs: 0 };
const update: Planned = { effect: { kind: "ticket.update" } };

export const people: Aspect<"people"> = {
  name: "people",
  slice: ["people"],
  take: (transition) => {
    const { event } = transition;
    if (event.type === "commanded") return commanded(transition, event);
    return event.type === "ack_due" ? ackDue(transition, event) : undefined;
  },
};

function commanded(transition: Transition, event: Commanded): Change<"people"> {
  const { incident, moment } = transition;
  const known = incident.people ?? nobody;
  const after = afterDeed(known, event, moment.nowMs);
  // A confirmed question is over with whatever was done.
  const questions = after.questions.filter(
    ({ command, untilMs }) =>
      untilMs > moment.nowMs && (command !== event.command || event.deed.kind === "ask"),
  );
  return {
    slice: { people: { ...after, questions, lastAtMs: moment.nowMs } },
    effects: effectsOf(transition, event),
  };
}

function afterDeed(known: PeopleSaid, { deed, by, command }: Commanded, atMs: number): PeopleSaid {
  if (deed.kind === "acknowledge") return { ...known, ack: { by, atMs, command } };
  if (deed.kind === "let_go") return withoutAck(known);
  if (deed.kind === "assign") return { ...known, assignee: deed.to };
  if (deed.kind === "ask") {
    const { word, untilMs } = deed;
    const others = known.questions.filter((question) => question.word !== word);
    return { ...known, questions: [...others, { command, word, by, untilMs }] };
  }
  if (deed.kind !== "say") return known;
  const word = { command, about: deed.about, by, atMs };
  return { ...known, words: [...known.words, word].slice(-rememberedWords) };
}

function withoutAck({ ack: _over, ...others }: PeopleSaid): PeopleSaid {
  return others;
}

/** The ticket shows what was done by an edit, of which nobody is mailed. */
function effectsOf(transition: Transition, { deed, command }: Commanded): readonly Planned[] {
  const effects: Planned[] = deed.kind === "ask" ? [] : [...shown(transition.incident)];
  if (deed.kind === "acknowledge") effects.push(lapse(command, ackFor(transition)));
  if (deed.kind === "assign" && deed.to.account !== undefined && transition.incident.ticket)
    effects.push({ effect: { kind: "ticket.assign", account: deed.to.account } });
  return effects;
}

const shown = ({ ticket }: Incident): readonly Planned[] => (ticket === undefined ? [] : [update]);

const ackFor = ({ moment }: Transition): number => moment.settings.ackForMs ?? defaultAckForMs;

const lapse = (command: string, dueInMs: number): Planned => ({
  effect: { kind: "incident.ack_lapse", command },
  dueInMs,
  timer: true,
});

/** Who has it is asked once, after a time in which nothing happened. */
function ackDue(transition: Transition, { command }: AckDue): Change<"people"> | undefined {
  const { incident, moment } = transition;
  const { people: known, state } = incident;
  if (known?.ack?.command !== command || state !== "open") return undefined;
  const quietSinceMs = Math.max(known.lastAtMs, incident.lastSeenAtMs);
  const leftMs = quietSinceMs + ackFor(transition) - moment.nowMs;
  if (leftMs > 0) return { effects: [lapse(command, leftMs)] };
  const reminder: Planned = {
    effect: { kind: "ticket.comment", note: { about: "ack_lapsed", by: known.ack.by } },
  };
  const effects = incident.ticket === undefined ? [] : [update, reminder];
  return { slice: { people: withoutAck(known) }, effects };
}
