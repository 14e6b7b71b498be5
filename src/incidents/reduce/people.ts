/** The aspect of people: who acknowledged the incident, and the texts and verdicts about it. */
import { createHash } from "node:crypto";
import type { ModelKey } from "../../model-key.ts";
import type { AckDue, Assignee, Commanded, Deed, PeopleSaid } from "../deed.ts";
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
  // A confirmed command has the id of its question, so it ends the question.
  const questions = after.questions.filter(
    ({ command, untilMs }) =>
      untilMs > moment.nowMs && (command !== event.command || event.deed.kind === "ask"),
  );
  return {
    slice: { people: { ...after, questions, lastAtMs: moment.nowMs } },
    effects: effectsOf(transition, event),
  };
}

type Said = Pick<Commanded, "deed" | "by" | "command">;

function afterDeed(known: PeopleSaid, { deed, by, command }: Said, atMs: number): PeopleSaid {
  if (deed.kind === "acknowledge") return { ...known, ack: { by, atMs, command } };
  if (deed.kind === "let_go") return withoutAck(known);
  if (deed.kind === "assign") return assigned(known, deed.to);
  if (deed.kind === "ask") {
    const { word, untilMs } = deed;
    const others = known.questions.filter((question) => question.word !== word);
    return { ...known, questions: [...others, { command, word, by, untilMs }] };
  }
  return withWords(known, { deed, by, command }, atMs);
}

function assigned({ assignee: _former, ...others }: PeopleSaid, to: Assignee | null): PeopleSaid {
  return { ...others, ...(to !== null && { assignee: to }) };
}

function withWords(known: PeopleSaid, said: Said, atMs: number): PeopleSaid {
  const { deed, by, command } = said;
  if (deed.kind === "started") return { ...known, startedAtMs: deed.atMs };
  if (deed.kind === "expect") return { ...known, verdict: { verdict: "expected", by, atMs } };
  if (deed.kind === "judge") {
    const { kind: _deed, handsOver, account, ...verdict } = deed;
    const judged = { ...known, verdict: { ...verdict, by, atMs } };
    // The incident goes to another team, so an ack ends.
    return handsOver === true && deed.team !== undefined
      ? assigned(withoutAck(judged), { name: deed.team, ...(account !== undefined && { account }) })
      : judged;
  }
  // The word refers to the command, which holds the text.
  const about = aboutOf(deed);
  if (about === undefined) return known;
  const word = { command, about, by, atMs };
  return { ...known, words: [...known.words, word].slice(-rememberedWords) };
}

function aboutOf(deed: Deed): string | undefined {
  if (deed.kind === "silence") return "silence";
  if (deed.kind === "decline") return "deny";
  return deed.kind === "say" ? deed.about : undefined;
}

function withoutAck({ ack: _over, ...others }: PeopleSaid): PeopleSaid {
  return others;
}

/** An edit of the ticket shows the deed. It sends no mail. */
function effectsOf(transition: Transition, event: Commanded): readonly Planned[] {
  const { deed, command } = event;
  // For `unsilence` the aspect of silences updates the ticket.
  if (deed.kind === "ask" || deed.kind === "unsilence") return [];
  if (deed.kind === "severity") return graded(transition, event);
  const effects = shown(transition.incident);
  if (deed.kind === "acknowledge") return [...effects, lapse(command, ackFor(transition))];
  if (deed.kind === "expect") return [...effects, ...markers(transition, deed.models, command)];
  return [...effects, ...assignments(transition, deed)];
}

function assignments({ incident, before }: Transition, deed: Deed): readonly Planned[] {
  if (deed.kind === "assign") return given(incident, deed, before?.people?.assignee);
  const account = deed.kind === "judge" ? deed.account : undefined;
  return account === undefined ? [] : assignedTo(incident.ticket, account);
}

/** Assigns the ticket to the assignee, unless that was done in the tracker itself. */
function given(
  { ticket }: Incident,
  { to, inTracker }: Extract<Deed, { kind: "assign" }>,
  former: Assignee | undefined,
): readonly Planned[] {
  if (inTracker === true) return [];
  // The ticket was never assigned to a former assignee without an account, so nothing is to be removed.
  const account = to === null && former?.account !== undefined ? null : to?.account;
  return account === undefined ? [] : assignedTo(ticket, account);
}

function assignedTo(ticket: Incident["ticket"], account: string | null): readonly Planned[] {
  return ticket === undefined ? [] : [{ effect: { kind: "ticket.assign", account } }];
}

/** Title, label and priority change, up or down. */
function graded({ before, incident }: Transition, { by }: Commanded): readonly Planned[] {
  const { severity: to, ticket } = incident;
  const from = before?.severity ?? to;
  if (ticket === undefined || from === to) return [];
  return [{ effect: { kind: "ticket.update", rise: { from, to, by } } }];
}

/** One marker for each model. Its id is a hash of command and model, so detection takes it once. */
function markers(
  { moment }: Transition,
  models: readonly ModelKey[],
  command: string,
): readonly Planned[] {
  return models.map((model): Planned => {
    const id = createHash("sha256").update(`${command}\n${model}`).digest("hex").slice(0, 20);
    const record = {
      kind: "marker",
      id,
      model,
      at: Math.round(moment.nowMs * 1000),
      marker: "expected",
    } as const;
    return { effect: { kind: "stream.append", record } };
  });
}

const shown = ({ ticket }: Incident): readonly Planned[] => (ticket === undefined ? [] : [update]);

const ackFor = ({ moment }: Transition): number => moment.settings.ackForMs ?? defaultAckForMs;

const lapse = (command: string, dueInMs: number): Planned => ({
  effect: { kind: "incident.ack_lapse", command },
  dueInMs,
  timer: true,
});

/** An ack lapses if nothing happens in its time. One comment asks who has the incident now. */
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
