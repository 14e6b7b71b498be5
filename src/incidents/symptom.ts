/** A symptom: subject, kind and the feature most to blame. A person's "won't do" covers the reported symptoms only. */
import { scattered } from "./cause.ts";
import { isModelEpisode, subjectOf } from "./episode.ts";
import type { Incident } from "./incident.ts";
import { isShared } from "./member.ts";
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

type Seen = Pick<Incident, "episode" | "members" | "group">;

/** The symptom of the newest episode. Where many features changed at once, none of them is to blame. */
export function symptomOf(incident: Seen): SeenSymptom {
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
  incident: Seen & Pick<Incident, "symptoms">,
): SeenSymptom | undefined {
  const newest = symptomOf(incident);
  return incident.symptoms?.find((known) => isSameSymptom(known, newest));
}
