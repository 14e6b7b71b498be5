/** A fix: the rule in the configuration that says which remediation an incident needs. */
import type { Tier } from "../../remediations/remediation.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Subject } from "../incidents/subject.ts";
import { modelName } from "../model-key.ts";
import type { Budget } from "./budgets.ts";

/** Every list that is given must match; a condition without any list matches nothing. */
export interface FixCondition {
  readonly models?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly severities?: readonly string[] | undefined;
}

/** off: not looked at · observe: says what it would have done · auto: acts when every gate allows it. */
export type FixMode = "off" | "observe" | "auto";

export interface Fix {
  readonly name: string;
  readonly when: FixCondition;
  /** Name of the remediation. */
  readonly remediation: string;
  readonly tier: Tier;
  readonly mode: FixMode;
  /** Counted from the end of the last attempt, ms. */
  readonly cooldownMs: number;
  readonly budgets: readonly Budget[];
  /** Runs of all fixes that may act at the same time. */
  readonly concurrency: number;
}

/** A feature that carries at least this part of the blame is guilty, and so is the first one named. */
const guiltyPart = 1 / 3;

function guiltyFeatures({ episode }: Incident): readonly string[] {
  if (!isModelEpisode(episode)) return [];
  return episode.features
    .filter((blamed, place) => place === 0 || blamed.part >= guiltyPart)
    .map((blamed) => blamed.feature);
}

/** How `when.model` may name the subject. */
function namesOf(subject: Subject): readonly string[] {
  return subject.kind === "model" ? [subject.key, modelName(subject.key).model] : [];
}

/** What befell the member, and the source where it is silent as a whole. */
function kindsOf({ episode, group }: Incident): readonly string[] {
  return [episode.kind, ...(group.whole === true ? ["source_silent"] : [])];
}

function fits(list: readonly string[] | undefined, values: readonly string[]): boolean {
  return list === undefined || values.some((value) => list.includes(value));
}

/**
 * Whether the fix is called for: its condition fits the newest episode of the incident.
 *
 * A feature fits only when it is guilty, not when it merely moved along with the guilty one.
 */
export function calledFor(fix: Fix, incident: Incident): boolean {
  const { models, features, kinds, severities } = fix.when;
  const given = [models, features, kinds, severities].filter((list) => list !== undefined);
  if (fix.mode === "off" || given.length === 0) return false;
  // What Driftwarden cannot process is no ill of the target.
  if (incident.episode.kind === "quarantined") return false;
  return (
    fits(models, namesOf(incident.subject)) &&
    fits(features, guiltyFeatures(incident)) &&
    fits(kinds, kindsOf(incident)) &&
    fits(severities, [incident.severity])
  );
}
