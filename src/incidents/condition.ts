/** Which incidents a rule of the configuration matches. Fixes and routes use the same lists. */

import { modelName } from "../model-key.ts";
import { isModelEpisode } from "./episode.ts";
import type { Incident } from "./incident.ts";
import type { Subject } from "./subject.ts";

/** A condition on incidents. Every given list must match. */
export interface IncidentCondition {
  readonly models?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly severities?: readonly string[] | undefined;
}

/** A feature with at least this part of the blame is guilty, and so is the first feature of the episode. */
const guiltyPart = 1 / 3;

/** A feature matches only if it is guilty. One that only moved along with a guilty feature does not match. */
export function fitsCondition(condition: IncidentCondition, incident: Incident): boolean {
  const { models, features, kinds, severities } = condition;
  return (
    fits(models, namesOf(incident.subject)) &&
    fits(features, guiltyFeatures(incident)) &&
    fits(kinds, kindsOf(incident)) &&
    fits(severities, [incident.severity])
  );
}

function guiltyFeatures({ episode }: Incident): readonly string[] {
  if (!isModelEpisode(episode)) return [];
  return episode.features
    .filter((blamed, place) => place === 0 || blamed.part >= guiltyPart)
    .map((blamed) => blamed.feature);
}

/** The names by which `when.model` matches the subject. */
function namesOf(subject: Subject): readonly string[] {
  return subject.kind === "model" ? [subject.key, modelName(subject.key).model] : [];
}

/** The kind of the newest episode; also `source_silent` where the whole source is silent. */
function kindsOf({ episode, group }: Incident): readonly string[] {
  return [episode.kind, ...(group.whole === true ? ["source_silent"] : [])];
}

function fits(list: readonly string[] | undefined, values: readonly string[]): boolean {
  return list === undefined || values.some((value) => list.includes(value));
}
