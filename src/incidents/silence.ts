/** A silence: for a time nothing is reported about what it covers. Plain data and its rules. Pure. */
import { modelName } from "../model-key.ts";
import { causeOf, scattered } from "./cause.ts";
import { type Episode, type Severity, subjectOf } from "./episode.ts";
import { type Group, isShared, type MemberCounts } from "./member.ts";
import { severityOf, worse } from "./severity.ts";
import { type Subject, sourceScope, subjectText } from "./subject.ts";

/** While it lasts there are no tickets, comments and runs about what it covers. Detection goes on. */
export interface Silence {
  /** Id of the command, which holds the reason. Incidents that share it are silenced together. */
  readonly command: string;
  readonly by: string;
  readonly atMs: number;
  readonly untilMs: number;
  /** One subject; or every model of the source, where several shared the incident. */
  readonly of: { readonly subject: string } | { readonly source: string };
  /** As in `cause.ts`: the guilty feature, or the kind. Left out: any cause. */
  readonly cause?: string;
  /** A more severe episode is reported all the same. */
  readonly severity: Severity;
  /** How many episodes the incident had when the silence was declared. */
  readonly occurrences: number;
}

/** Who declared it, and for how long. What it covers follows from the incident. */
export type SaidSilence = Pick<Silence, "command" | "by" | "atMs" | "untilMs">;

/** The fields of an incident that say what is broken. */
interface Broken {
  readonly subject: Subject;
  readonly members: MemberCounts;
  readonly group: Group;
  readonly episode: Episode;
  readonly severity: Severity;
  readonly occurrences: number;
}

/** The silence of what is broken now: the model with its guilty feature, or the source. */
export function silenceOf(broken: Broken, said: SaidSilence): Silence {
  const { subject, group, episode, severity, occurrences } = broken;
  const cause = isShared(broken) ? group.cause : causeOf(episode);
  return {
    ...said,
    of: isShared(broken) ? { source: sourceScope(subject) } : { subject: subjectText(subject) },
    ...(cause !== scattered && { cause }),
    severity: worse(severity, severityOf(episode)),
    occurrences,
  };
}

/** Whether the silence keeps an episode that opens at this time from being reported. */
export function covers(silence: Silence, episode: Episode, nowMs: number): boolean {
  const { of, cause, severity, untilMs } = silence;
  const subject = subjectOf(episode);
  const isAbout =
    "source" in of ? of.source === sourceScope(subject) : of.subject === subjectText(subject);
  const isKnown = cause === undefined || cause === causeOf(episode);
  return nowMs < untilMs && isAbout && isKnown && severityOf(episode) >= severity;
}

/** What it covers, for people: `credit_score of churn-v7`, `churn-v7 (silent)`. It holds names from data. */
export function silencedName({ of, cause }: Silence): string {
  const key = "source" in of ? of.source : (of.subject.split("\n")[1] ?? "");
  const { source, model } = modelName(key);
  const name = "source" in of ? `source ${source}` : model || source;
  const [kind, what = ""] = (cause ?? "").split("\n");
  if (what === "") return name;
  return kind === "feature" ? `${what} of ${name}` : `${name} (${what})`;
}
