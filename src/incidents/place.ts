/**
 * Decides which incident an episode joins. The daemon, `replay` and `tune` all use it. Pure.
 *
 * Models that one cause broke together share an incident. Two causes are two incidents. The rules apply in this order,
 * except that 3 is checked before 2 while the incident of 2 has no ticket yet:
 *
 * 1. The incident of which the subject is still a member.
 * 2. An open incident of the same source and cause, within the window of its first episode. The window never slides.
 *    Silences of one source join regardless of the window.
 * 3. An open incident of the window with another cause, if so many models broke in so many ways at once that they must
 *    have one cause.
 * 4. The incident that the subject left last, within `reopen_duration`, if the new episode has its cause.
 *    If the subject was the only member of that incident, the same kind of episode is enough.
 */
import { causeOf, scattered, silence } from "./cause.ts";
import { type Episode, isModelEpisode } from "./episode.ts";
import type { MemberState } from "./member.ts";

/** An incident that is not over. */
export interface Candidate {
  /** Its id. */
  readonly incident: string;
  /** Time of its first episode, by its rows, microseconds since 1970. */
  readonly at: number;
  readonly cause: string;
  /** Members that have not left it. */
  readonly size: number;
  /** Its ticket is not opened yet, so it can be merged into another incident. */
  readonly untold: boolean;
}

/** The incident that the subject is in, or was in last. */
export interface Membership {
  readonly incident: string;
  readonly state: MemberState;
  /** Kind and cause of its newest episode there. */
  readonly kind: string;
  readonly cause: string;
  /** Whether others are or were in it. */
  readonly shared: boolean;
  /** When the incident was over, ms since 1970; undefined while it is not. */
  readonly resolvedAtMs: number | undefined;
}

export interface Candidates {
  readonly own: Membership | undefined;
  /** Open incidents of the same source, tenant and environment, oldest first. */
  readonly open: readonly Candidate[];
  /** Number of known models of the source. */
  readonly sourceModels: number;
}

export interface PlacingSettings {
  /** Episodes of one cause that open within this time of the first share an incident, ms. Default 15 min; 0: none. */
  readonly groupWithinMs?: number;
  /** A resolved incident opens again within this time, ms; afterwards the next episode is a new incident. */
  readonly reopenDurationMs: number;
}

export interface PlacingMoment extends PlacingSettings {
  readonly nowMs: number;
}

export const defaultGroupWithinMs = 15 * 60_000;

/** How long a first ticket waits for other models that the same cause breaks. */
export const gatherMs = 10_000;

/** The incident to which the episode belongs. */
export interface Placement {
  /** Id of the incident that it joins; undefined when it opens one. */
  readonly joins: string | undefined;
  /** Ids of incidents that are merged into that one. */
  readonly absorbs: readonly string[];
}

/** One cause is behind different breakages when so many models… */
const fewestScattered = 5;
/** …and this part of their source break within the window… */
const sourcePart = 1 / 4;
/** …and the two most frequent causes explain less than this part of them. Otherwise the causes are separate. */
const explainedPart = 3 / 4;

const alone: Placement = { joins: undefined, absorbs: [] };
const joining = (incident: string): Placement => ({ joins: incident, absorbs: [] });

export function place(
  episode: Episode,
  { own, open, sourceModels }: Candidates,
  moment: PlacingMoment,
): Placement {
  if (own !== undefined && own.state !== "left") return joining(own.incident);
  const together =
    isModelEpisode(episode) && moment.groupWithinMs !== 0
      ? withOthers(episode, { open, sourceModels }, moment)
      : undefined;
  if (together !== undefined) return together;
  return own !== undefined && continues(episode, own, moment) ? joining(own.incident) : alone;
}

/** Undefined when the episode joins no open incident of its source. */
function withOthers(
  episode: Episode,
  { open, sourceModels }: Omit<Candidates, "own">,
  moment: PlacingMoment,
): Placement | undefined {
  const cause = causeOf(episode);
  const isSilence = cause === silence;
  const near = open.filter(({ at }) => isWithin(episode.at, at, moment));
  const alike = (isSilence ? open : near).find((candidate) => candidate.cause === cause);
  // An incident with a ticket keeps its cause.
  const isTold = alike !== undefined && !alike.untold;
  const scattering = isSilence || isTold ? undefined : scatter(cause, near, sourceModels);
  return scattering ?? (alike && joining(alike.incident));
}

function isWithin(at: number, firstAt: number, moment: PlacingMoment): boolean {
  const { groupWithinMs = defaultGroupWithinMs } = moment;
  return Math.abs(at - firstAt) <= groupWithinMs * 1000;
}

/** Undefined when the causes within the window are separate. */
function scatter(
  cause: string,
  near: readonly Candidate[],
  sourceModels: number,
): Placement | undefined {
  const broken = near.filter((candidate) => candidate.cause !== silence);
  const already = broken.find((candidate) => candidate.cause === scattered);
  if (already !== undefined) return joining(already.incident);
  const sizes = sizesByCause(cause, broken).toSorted((a, b) => b - a);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total < fewestScattered || total < sourceModels * sourcePart) return undefined;
  const explained = sizes[0]! + (sizes[1] ?? 0);
  const [first, ...others] = broken;
  if (first === undefined || explained >= total * explainedPart) return undefined;
  const absorbs = others.filter(({ untold }) => untold).map(({ incident }) => incident);
  return { joins: first.incident, absorbs };
}

/** How many models each cause has broken, including the new episode. */
function sizesByCause(now: string, broken: readonly Candidate[]): readonly number[] {
  const sizes = new Map([[now, 1]]);
  for (const { cause, size } of broken) sizes.set(cause, (sizes.get(cause) ?? 0) + size);
  return [...sizes.values()];
}

/** An episode of another kind and another cause is a new incident, and so is one after the reopen duration. */
function continues(
  episode: Episode,
  { kind, cause, shared, resolvedAtMs }: Membership,
  { nowMs, reopenDurationMs }: PlacingMoment,
): boolean {
  if (resolvedAtMs !== undefined && nowMs - resolvedAtMs > reopenDurationMs) return false;
  return causeOf(episode) === cause || (!shared && episode.kind === kind);
}
