/**
 * Replaces accounts by the names that people know. For a person whom the configuration does not name, incident and
 * journal hold the account: they are kept for long, and a name is personal data. Pure.
 */
import type { PeopleSaid } from "./deed.ts";
import type { Note } from "./effect.ts";
import type { Incident, RunSummary } from "./incident.ts";
import type { AnsweredProposal } from "./proposal.ts";

/** Account → name. */
export type ShownNames = ReadonlyMap<string, string>;

/** Everybody whom the incident names, by name or account. */
export function peopleOf({ people, silence, runs }: Incident): readonly string[] {
  const { ack, assignee, verdict, words = [], questions = [] } = people ?? {};
  const approvals = runs.flatMap(({ proposal }) => proposal?.said ?? []);
  const wishes = runs.flatMap(({ wish }) => wish ?? []);
  const said = [...words, ...questions, ...approvals, ...wishes].map(({ by }) => by);
  const others = [ack?.by, assignee?.name, verdict?.by, silence?.by];
  return [...said, ...others.filter((one) => one !== undefined)];
}

/** The same incident with names for people to read. It is for texts only, and is never stored. */
export function withShownPeople(incident: Incident, names: ShownNames): Incident {
  if (names.size === 0) return incident;
  const { people, silence, told, runs } = incident;
  const named = <T extends { readonly by: string }>(one: T): T => ({
    ...one,
    by: names.get(one.by) ?? one.by,
  });
  return {
    ...incident,
    ...(people && { people: peopleNamed(people, { names, named }) }),
    ...(silence && { silence: named(silence) }),
    ...(told && { told: told.map(named) }),
    runs: runs.map((run) => runNamed(run, { names, named })),
    names,
  };
}

type ShowsName = <T extends { readonly by: string }>(one: T) => T;

function runNamed(run: RunSummary, { names, named }: Naming): RunSummary {
  const { proposal, wish } = run;
  return {
    ...run,
    ...(wish && { wish: named(wish) }),
    ...(proposal && { proposal: proposalNamed(proposal, { names, named }) }),
  };
}

function proposalNamed(
  { said, askedBy, ...others }: AnsweredProposal,
  { names, named }: Naming,
): AnsweredProposal {
  const asked = askedBy === undefined ? {} : { askedBy: names.get(askedBy) ?? askedBy };
  return { ...others, ...asked, said: said.map((one) => named(one)) };
}

interface Naming {
  readonly names: ShownNames;
  readonly named: ShowsName;
}

function peopleNamed(people: PeopleSaid, { names, named }: Naming): PeopleSaid {
  const { ack, assignee, verdict, words, questions } = people;
  return {
    ...people,
    words: words.map(named),
    questions: questions.map(named),
    ...(ack && { ack: named(ack) }),
    ...(verdict && { verdict: named(verdict) }),
    ...(assignee && {
      assignee: { ...assignee, name: names.get(assignee.name) ?? assignee.name },
    }),
  };
}

/** The same for a comment that names a person. */
export function withShownName(note: Note, names: ShownNames = new Map()): Note {
  if (note.about === "ack_lapsed") return { ...note, by: names.get(note.by) ?? note.by };
  if (note.about !== "silence_over") return note;
  const { silence } = note;
  return { ...note, silence: { ...silence, by: names.get(silence.by) ?? silence.by } };
}
