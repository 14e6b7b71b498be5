/** Locks and reads all incidents, digests and members that a batch of events can change, and places its episodes. */

import { membersByEpisode, membershipsOf } from "../store/incident-members/member.ts";
import {
  type CandidateFilter,
  candidatesOf,
  countNewTickets,
  countSourceModels,
} from "../store/incidents/candidates.ts";
import {
  getIncidents,
  latestOf,
  lockScopes,
  nextIncidentNumber,
  scopesOf,
} from "../store/incidents/incident.ts";
import { silencesIn } from "../store/incidents/silences.ts";
import type { Tx } from "../store/query.ts";
import { actedAround, fixesOf } from "../store/runs/judged.ts";
import { incidentsOfRuns } from "../store/runs/list.ts";
import { FixRuns } from "./breaker.ts";
import { type Digest, isDigest } from "./digest.ts";
import { type Episode, subjectOf } from "./episode.ts";
import type { IncidentEvent } from "./event.ts";
import { digestFingerprint, overflowFingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { fingerprintOfEvent, IncidentSet } from "./incident-set.ts";
import { defaultGroupWithinMs } from "./place.ts";
import { Placing } from "./placing.ts";
import type { ReducerSettings } from "./reduce/aspect.ts";
import type { Silence } from "./silence.ts";
import { type Scope, type Subject, scopeKey, scopeOf, sourceScope } from "./subject.ts";
import type { TakenEvent } from "./take-event.ts";

/** An event with the incident that it is about. */
export interface Addressed {
  readonly event: IncidentEvent;
  /** Id of the incident. Left out: the incident of the run for `verified`, else the incident of the event's subject. */
  readonly incident?: string | undefined;
}

export interface LockedIncidents {
  readonly incidents: IncidentSet;
  /** The events, each with the incident that it is about. */
  readonly events: readonly TakenEvent[];
  /** New tickets that the budget still allows. */
  readonly ticketsLeft: number;
  /** The silences in force in the scopes of the opening episodes. */
  readonly silences: readonly Silence[];
  /** Runs that acted, of the fixes whose runs the events judge. */
  readonly fixRuns: FixRuns;
}

export interface LockOptions {
  readonly nowMs: number;
  readonly settings: ReducerSettings;
}

/** Takes the locks in the order that record-events.ts states. */
export async function lockIncidents(
  tx: Tx,
  addressed: readonly Addressed[],
  options: LockOptions,
): Promise<LockedIncidents> {
  const judged = { runs: judgedRuns(addressed), fixes: await fixesOf(tx, judgedRuns(addressed)) };
  // Judging locks the fix. So if two runs are judged at the same time, the second sees the outcome of the first.
  const ofFixes = judged.fixes.map((fix) => `fix\n${fix}`);
  const scopes = await allScopes(tx, addressed, options.settings);
  await lockScopes(tx, unique([...scopes, ...ofFixes]));
  const opened = addressed.flatMap(({ event }) => (event.type === "episode_opened" ? [event] : []));
  const memberships = await membershipsOf(tx, unique(addressed.flatMap(ownFingerprint)));
  const sourceModels = await modelsOf(tx, opened);
  const scopesOfOpened = unique(opened.map((episode) => sourceScope(subjectOf(episode))));
  const placing = new Placing({
    open: await candidatesOf(tx, candidateFilter(opened, options.settings)),
    memberships: new Map(
      memberships.map(({ member, membership }) => [member.fingerprint, membership]),
    ),
    sourceModels,
  });
  const events = placeAll(addressed, placing, { ...options, ofRuns: await runsOf(tx, addressed) });
  const incidents = await incidentsOf(tx, events);
  const digests = mayDigest(addressed, options.settings)
    ? await digestsOf(tx, incidents, opened)
    : [];
  const mayOpen = opened.length > 0 || mayDigest(addressed, options.settings);
  const nextNumber = mayOpen ? await nextIncidentNumber(tx) : Number.NaN;
  const members = [...memberships, ...(await membersByEpisode(tx, episodesOf(events, incidents)))];
  return {
    incidents: new IncidentSet({ incidents: [...incidents, ...digests], members, nextNumber }),
    events,
    ticketsLeft: addressed.some(mayPromiseTicket) ? await ticketsLeft(tx, options) : 0,
    silences: await silencesIn(tx, scopesOfOpened, options.nowMs),
    fixRuns: new FixRuns(await actedAround(tx, judged)),
  };
}

/** The runs to which the events may give an outcome, each once. */
function judgedRuns(addressed: readonly Addressed[]): readonly string[] {
  return unique(
    addressed.flatMap(({ event }) => {
      if (event.type === "health_checked") return event.healthy ? [] : [event.run];
      return event.type === "verified" && !event.run.includes("~") ? [event.run] : [];
    }),
  );
}

const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)].toSorted();

/** Scopes of sources, and of environments where an incident may get an entry in the digest. */
async function allScopes(
  tx: Tx,
  addressed: readonly Addressed[],
  settings: ReducerSettings,
): Promise<readonly string[]> {
  const known = await scopesOf(
    tx,
    addressed.flatMap(({ incident }) => incident ?? []),
  );
  const subjects = addressed.flatMap(({ event }) => subjectOfEvent(event) ?? []);
  const sources = [...known.values(), ...subjects.map(sourceScope)];
  return mayDigest(addressed, settings) ? withEnvironments(sources) : unique(sources);
}

/** The scopes and those of their environments, in the order of locking. The digest of an environment may change too. */
export function withEnvironments(scopes: readonly string[]): readonly string[] {
  return unique([...scopes, ...scopes.map(environmentOf)]);
}

/** Whether an incident may get an entry in a digest: it may end, or the budget for its ticket may be used up. */
function mayDigest(addressed: readonly Addressed[], { ticketed }: ReducerSettings): boolean {
  const ends = new Set(["episode_closed", "quiet_passed"]);
  return (
    ticketed === true && addressed.some((one) => mayPromiseTicket(one) || ends.has(one.event.type))
  );
}

/** Whether the event may open a ticket. The end of a silence opens the ticket that it held back. */
function mayPromiseTicket({ event }: Addressed): boolean {
  if (event.type === "commanded") return event.deed.kind === "unsilence";
  return event.type === "episode_opened" || event.type === "silence_due";
}

const scopeOfKey = (key: string): Scope => scopeOf({ kind: "model", key });
const environmentOf = (scope: string): string => scopeKey(scopeOfKey(scope));

function subjectOfEvent(event: IncidentEvent): Subject | undefined {
  if (event.type === "episode_opened") return subjectOf(event);
  if (event.type === "episode_closed" && "service" in event) return event.service;
  return "model" in event ? { kind: "model", key: event.model } : undefined;
}

const ownFingerprint = ({ event }: Addressed): readonly string[] => {
  const own = fingerprintOfEvent(event);
  return own === undefined ? [] : [own];
};

async function modelsOf(tx: Tx, opened: readonly Episode[]): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  for (const scope of unique(opened.map((episode) => sourceScope(subjectOf(episode)))))
    counted.set(scope, await countSourceModels(tx, scope));
  return counted;
}

function candidateFilter(
  opened: readonly Episode[],
  { groupWithinMs = defaultGroupWithinMs }: ReducerSettings,
): CandidateFilter {
  const times = opened.map(({ at }) => at);
  return {
    scopes: unique(opened.map((episode) => sourceScope(subjectOf(episode)))),
    from: Math.min(...times) - groupWithinMs * 1000,
    until: Math.max(...times) + groupWithinMs * 1000,
  };
}

/** The incidents of the runs to which the models' answers belong. The model may be in another incident by now. */
function runsOf(tx: Tx, addressed: readonly Addressed[]): Promise<ReadonlyMap<string, string>> {
  const runs = addressed.flatMap(({ event }) => (event.type === "verified" ? [runOf(event)] : []));
  return incidentsOfRuns(tx, runs);
}

/** The id of the run. A repeated question has the id `RUN~TIME` instead; see `retryQuestion` in reduce/retries.ts. */
const runOf = ({ run }: Extract<IncidentEvent, { type: "verified" }>): string => run.split("~")[0]!;

function placeAll(
  addressed: readonly Addressed[],
  placing: Placing,
  { nowMs, settings, ofRuns }: LockOptions & { readonly ofRuns: ReadonlyMap<string, string> },
): readonly TakenEvent[] {
  return addressed.map(({ event, incident }) => {
    if (incident !== undefined) return { event, incident };
    if (event.type === "episode_opened") {
      const placed = placing.take(event, { ...settings, nowMs });
      return { event, incident: placed.incident, placed };
    }
    const ofRun = event.type === "verified" ? ofRuns.get(runOf(event)) : undefined;
    const own = fingerprintOfEvent(event);
    return { event, incident: ofRun ?? (own && placing.incidentOf(own)) };
  });
}

/** The incidents that the events name, and the incidents into which they were merged. */
async function incidentsOf(
  tx: Tx,
  events: readonly TakenEvent[],
): Promise<readonly (Incident | Digest)[]> {
  const wanted = events.flatMap(({ incident, placed }) => [
    ...(incident === undefined ? [] : [incident]),
    ...(placed?.absorbs ?? []),
  ]);
  const found = new Map<string, Incident | Digest>();
  for (let ids = unique(wanted); ids.length > 0; ) {
    const read = await getIncidents(tx, ids);
    for (const incident of read) found.set(incident.id, incident);
    const wholes = read.flatMap((one) => (isDigest(one) ? [] : (one.partOf ?? [])));
    ids = unique(wholes.filter((id) => !found.has(id)));
  }
  return [...found.values()];
}

/** Members by the episode that a timer names. */
function episodesOf(
  events: readonly TakenEvent[],
  incidents: readonly (Incident | Digest)[],
): readonly { readonly incident: string; readonly episode: string }[] {
  return events.flatMap(({ event, incident: id }) => {
    if (event.type !== "quiet_passed" && event.type !== "retry_due") return [];
    return wholesOf(id, incidents).map((incident) => ({ incident, episode: event.episode }));
  });
}

/** The incident, and the one into which it was merged. */
function wholesOf(
  id: string | undefined,
  incidents: readonly (Incident | Digest)[],
): readonly string[] {
  const found = incidents.find((incident) => incident.id === id);
  if (found === undefined || isDigest(found)) return [];
  return [found.id, ...wholesOf(found.partOf, incidents)];
}

/** The newest digests of the scopes in which an incident without a ticket may get an entry. */
async function digestsOf(
  tx: Tx,
  incidents: readonly (Incident | Digest)[],
  opened: readonly Episode[],
): Promise<readonly (Incident | Digest)[]> {
  const untold = incidents.flatMap((one) =>
    isDigest(one) || one.ticket !== undefined ? [] : [one.subject],
  );
  const scopes = [...untold, ...opened.map(subjectOf)].map(scopeOf);
  const fingerprints = scopes.flatMap((scope) => [
    digestFingerprint(scope),
    overflowFingerprint(scope),
  ]);
  return latestOf(tx, unique(fingerprints));
}

async function ticketsLeft(tx: Tx, { nowMs, settings }: LockOptions): Promise<number> {
  const { maxNewTickets } = settings;
  if (maxNewTickets === undefined) return Number.POSITIVE_INFINITY;
  const { count, windowMs } = maxNewTickets;
  return count - (await countNewTickets(tx, nowMs - windowMs));
}
