/** A symptom: subject, kind and the feature most to blame. A person's "won't do" covers the reported symptoms only. */
import { type Episode, isModelEpisode, subjectOf } from "./episode.ts";
import { subjectText } from "./subject.ts";

export interface SeenSymptom {
  /** Text of the subject. */
  readonly subject: string;
  readonly kind: string;
  /** The one to blame most; left out where none is. */
  readonly feature?: string;
  /** A ticket has reported it. */
  readonly told?: true;
  /** People closed a ticket that reported it as "won't do". */
  readonly wontDo?: true;
}

export function symptomOf(episode: Episode): SeenSymptom {
  const feature = isModelEpisode(episode) ? episode.features[0]?.feature : undefined;
  return {
    subject: subjectText(subjectOf(episode)),
    kind: episode.kind,
    ...(feature !== undefined && { feature }),
  };
}

export function isSameSymptom(one: SeenSymptom, other: SeenSymptom): boolean {
  return one.subject === other.subject && one.kind === other.kind && one.feature === other.feature;
}

interface SeenSymptoms {
  readonly symptoms?: readonly SeenSymptom[];
  readonly episode: Episode;
}

/** The symptom of the newest episode; undefined where an older program did not store it. */
export function newestSymptom({ symptoms, episode }: SeenSymptoms): SeenSymptom | undefined {
  const newest = symptomOf(episode);
  return symptoms?.find((known) => isSameSymptom(known, newest));
}
