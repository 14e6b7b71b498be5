/** Finds the proposal to which `approve` or `deny` refers, with or without its letters. Pure. */
import type { RunSummary } from "../incidents/incident.ts";
import type { AnsweredProposal } from "../incidents/proposal.ts";
import { line, words } from "../messages/message.ts";
import type { IncidentContext } from "./command.ts";
import { anyOf, type CommandRefusal, refused, typed } from "./says.ts";

/** A waiting run and its proposal. */
export interface AskedRun {
  readonly run: RunSummary;
  readonly proposal: AnsweredProposal;
}

/** The text after the word of the command: the letters of a proposal or none, then any text. */
export interface AskedWords {
  /** The letters of a proposal, in capitals; undefined where none were typed. */
  readonly id: string | undefined;
  readonly rest: string;
}

const lettersForm = /^([bcdfghjkmnprstvwxz]{4})(?= |$)/i;

export function askedWords(text: string): AskedWords {
  const [, id] = lettersForm.exec(text) ?? [];
  return { id: id?.toUpperCase(), rest: text.slice(id?.length ?? 0).trim() };
}

/**
 * Like {@link askedWords}, for a command whose word a reason may follow. Four letters such as `hmmm` may be the first
 * word of the reason. They count as letters of a proposal if a proposal has them, if they are in capitals, or if they
 * resemble a waiting proposal.
 */
export function askedOrReason(text: string, context: IncidentContext): AskedWords {
  const said = askedWords(text);
  const { id } = said;
  if (id === undefined || text.startsWith(id) || isKnown(id, context)) return said;
  const isMistyped = context.waiting.some(({ proposal }) => resembles(id, proposal.id));
  return isMistyped ? said : { id: undefined, rest: text };
}

function isKnown(id: string, { incident, waiting }: IncidentContext): boolean {
  const known = [...waiting, ...incident.runs];
  return known.some(({ proposal }) => proposal?.id === id);
}

/** Whether the two have at least two different letters in common, at any position. */
function resembles(letters: string, id: string): boolean {
  return [...new Set(letters)].filter((letter) => id.includes(letter)).length >= 2;
}

/** The waiting proposals of the incident, oldest first. */
export function waitingOf({ incident }: Pick<IncidentContext, "incident">): readonly AskedRun[] {
  return incident.runs.flatMap((run) =>
    run.status === "proposed" && run.proposal !== undefined
      ? [{ run, proposal: run.proposal }]
      : [],
  );
}

/** @returns undefined where nothing waits and no letters were typed */
export function asked(
  { id }: AskedWords,
  context: IncidentContext,
): AskedRun | CommandRefusal | undefined {
  const waiting = waitingOf(context);
  if (id !== undefined)
    return waiting.find(({ proposal }) => proposal.id === id) ?? notWaiting(id, context);
  const [only, ...more] = waiting;
  if (more.length === 0) return only;
  const ids = anyOf(waiting.map(({ proposal }) => proposal.id));
  return refused(
    "several_proposals",
    line`several runs wait here (${words(ids)}). Say which one. Nothing was changed.`,
  );
}

function notWaiting(id: string, { incident, waiting }: IncidentContext): CommandRefusal {
  const elsewhere = waiting.find(({ proposal }) => proposal.id === id);
  if (elsewhere !== undefined)
    return refused(
      "other_incident",
      line`${words(id)} is asked on incident ${words(String(elsewhere.incidentNumber ?? "unknown"))}, not here. Nothing was changed.`,
    );
  const known = incident.runs.findLast(({ proposal }) => proposal?.id === id);
  if (known === undefined)
    return refused(
      "no_proposal",
      line`nothing that waits here is called ${words(id)}. Nothing was changed.`,
    );
  return over(id, known);
}

function over(id: string, { status, detail }: RunSummary): CommandRefusal {
  if (status === "void")
    return refused(
      "void",
      line`${words(id)} is void. ${detail} ${typed("approve")} asks again with fresh facts.`,
    );
  return refused("used", line`${words(id)} was answered before. ${detail}`);
}

/** Refuses if the store has a newer decision about the run that the incident does not show yet. */
export function begun(
  { run, proposal }: AskedRun,
  { statuses }: IncidentContext,
): CommandRefusal | undefined {
  const status = statuses.get(run.id) ?? run.status;
  if (status === "proposed") return undefined;
  return refused(
    "used",
    line`${words(proposal.id)} is decided already, and what became of it is told here. Nothing was changed.`,
  );
}
