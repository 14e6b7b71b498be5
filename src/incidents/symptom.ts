/** A symptom: subject, kind and the feature most to blame. A person's "won't do" covers the reported symptoms only. */
import { scattered } from "./cause.ts";
import { type Episode, isModelEpisode, subjectOf } from "./episode.ts";
import { type Group, isShared, type MemberCounts } from "./member.ts";
import { subjectText } from "./subject.ts";

export interface SeenSymptom {
  /** Text of the subject; `*` where several share the incident, since its ticket reports them together. */
  readonly subject: string;
  readonly kind: string;
  /** The one to blame most; left out where none is. */
  readonly feature?: string;
  /** A ticket has reported it. */
  readonly told?: true;
  /** People closed a ticket that reported it as "won't do". */
  readonly wontDo?: true;
}

interface NewestOf {
  readonly episode: Episode;
  readonly members: MemberCounts;
  readonly group: Group;
}

/** The symptom of the newest episode. Where many features changed at once, none of them is to blame. */
export function symptomOf(incident: NewestOf): SeenSymptom {
  const { episode, group } = incident;
  const shared = isShared(incident);
  const isBlamed = isModelEpisode(episode) && !(shared && group.cause === scattered);
  const feature = isBlamed ? episode.features[0]?.feature : undefined;
  return {
    subject: shared ? "*" : subjectText(subjectOf(episode)),
    kind: episode.kind,
    ...(feature !== undefined && { feature }),
  };
}

export function isSameSymptom(one: SeenSymptom, other: SeenSymptom): boolean {
  return one.subject === other.subject && one.kind === other.kind && one.feature === other.feature;
}

/** What is remembered of the symptom of the newest episode; undefined where an older program did not store it. */
export function newestSymptom(
  incident: NewestOf & { readonly symptoms?: readonly SeenSymptom[] },
): SeenSymptom | undefined {
  const newest = symptomOf(incident);
  return incident.symptoms?.find((known) => isSameSymptom(known, newest));
}
