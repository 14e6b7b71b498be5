/** Reads the context of a command: the person who gave it, and the locked incident with shown names. */
import { type Digest, isDigest } from "../incidents/digest.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { withEnvironments } from "../incidents/lock-incidents.ts";
import type { ApprovalRules } from "../incidents/proposal.ts";
import type { RecordOptions } from "../incidents/record-events.ts";
import { peopleOf, withShownPeople } from "../incidents/shown-people.ts";
import type { DecidedWish, SeenFix, WishedRun } from "../incidents/wish.ts";
import type { ModelKey } from "../model-key.ts";
import { accountNames } from "../store/commands/account-names.ts";
import type { Door, StoredCommand } from "../store/commands/command.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { brokenModels } from "../store/incident-members/broken.ts";
import { incidentByNumber, openIncidents } from "../store/incidents/by-number.ts";
import { lockScopes } from "../store/incidents/incident.ts";
import { givenTeam } from "../store/model-teams/model-team.ts";
import type { Queryable, Tx } from "../store/query.ts";
import { lockedStatuses, waitingProposals } from "../store/runs/proposals.ts";
import type { Command, CommandContext, ModelFigures } from "./command.ts";
import type { CommandActor, KnownPeople } from "./people.ts";

export interface CarryingOptions {
  readonly commands: readonly Command[];
  readonly people: KnownPeople;
  readonly recording: RecordOptions;
  /** Judges runs that people request. Left out: no fix is configured. */
  readonly wishing?: Wishing | undefined;
  /** The account to which the routes assign a ticket of the incident. Default: none. */
  readonly routedTo?: (incident: Incident) => string | undefined;
  /** Reads the figures of a model; undefined where none are stored. Default: none are. */
  readonly figuresOf?: (q: Queryable, model: ModelKey) => Promise<ModelFigures | undefined>;
}

/** Reads the fixes for a wish, and has its run judged. */
export interface Wishing {
  /** Reads the targets of the fixes from the engine. Never throws. */
  look(service: string): Promise<WishLook>;
  /** Who must approve a run of the fix, by the configuration; undefined where no fix has this name. */
  approvalOf(fix: string): ApprovalRules | undefined;
}

/** The fixes as the engine showed them, and the decision that uses them. */
export interface WishLook {
  readonly fixes: readonly SeenFix[];
  /** Runs in the transaction of the command, which has locked the budgets first. The caller calls `seal` last. */
  decide(tx: Tx, wished: WishedRun): Promise<DecidedWish & { readonly seal: () => Promise<void> }>;
}

export interface SaidLine {
  readonly stored: StoredCommand;
  /** The person who gave the command, without the roles that groups of the tracker give. */
  readonly own: CommandActor;
  /** Id of the line. */
  readonly id: string;
  readonly confirmed: boolean;
  /** Only for a line that asks for a run. */
  readonly look?: WishLook | undefined;
  readonly options: CarryingOptions;
}

/** How many open incidents are read for a command without an incident. */
const shownOpen = 11;

/**
 * The person who gave the command. A person whom the configuration does not name gets the name that the tracker shows.
 */
export async function actorOf(
  tx: Tx,
  { door, account }: StoredCommand,
  people: KnownPeople,
): Promise<CommandActor> {
  const actor = people.actor(door, account);
  if (!isShared(door) || people.byAccount(account) !== undefined) return actor;
  return { ...actor, name: (await accountNames(tx, [account])).get(account) ?? account };
}

/** Whether several people read the answers of this door in one place. */
export const isShared = (door: Door): boolean => door === "ticket" || door === "tracker";

interface AskedFor {
  readonly actor: CommandActor;
  readonly needsFigures: boolean | undefined;
  readonly fixes: readonly SeenFix[];
}

/** @returns undefined for a digest, on which no command works */
export async function contextOf(
  tx: Tx,
  { stored, id, confirmed, options }: SaidLine,
  { actor, needsFigures = false, fixes }: AskedFor,
): Promise<CommandContext | undefined> {
  const { people, commands, recording } = options;
  const found = await lockedIncident(tx, stored.incident);
  if (found === "digest") return undefined;
  const incident = found && (await asPeopleRead(tx, found));
  const nowMs = recording.clock.now();
  const open = incident === undefined ? await openIncidents(tx, shownOpen) : [];
  return {
    id,
    incident,
    actor,
    people,
    commands,
    confirmed,
    nowMs,
    saidAtMs: stored.saidAtMs,
    ackForMs: recording.settings.ackForMs ?? 0,
    closedByHandMs: recording.settings.closedByHandMs ?? 0,
    routedTo: options.routedTo ?? toNobody,
    models: await modelsOf(tx, incident),
    waiting: await waitingProposals(tx),
    statuses: await statusesOf(tx, incident),
    open: await asAllRead(tx, open),
    freezes: await freezesNotOver(tx, nowMs),
    fixes,
    approvalOf: (fix) => options.wishing?.approvalOf(fix),
    figures: needsFigures && incident ? await figuresOf(tx, incident, options) : undefined,
  };
}

const toNobody = (): undefined => undefined;

async function modelsOf(tx: Tx, incident: Incident | undefined): Promise<readonly ModelKey[]> {
  return incident === undefined ? [] : brokenModels(tx, incident.id);
}

/** The figures of the incident's model; undefined where the incident is about no model, or no figures are stored. */
export async function figuresOf(
  tx: Tx,
  { episode }: Incident,
  { figuresOf: read }: CarryingOptions,
): Promise<ModelFigures | undefined> {
  return isModelEpisode(episode) ? read?.(tx, episode.model) : undefined;
}

async function asAllRead(
  tx: Tx,
  open: readonly (Incident | Digest)[],
): Promise<readonly Incident[]> {
  const incidents = open.flatMap((one) => (isDigest(one) ? [] : [one]));
  const names = await accountNames(tx, incidents.flatMap(peopleOf));
  return incidents.map((one) => withShownPeople(one, names));
}

async function asPeopleRead(tx: Tx, incident: Incident): Promise<Incident> {
  const shown = withShownPeople(incident, await accountNames(tx, peopleOf(incident)));
  return { ...shown, team: await givenTeam(tx, incident.fingerprint) };
}

/**
 * Reads and locks the waiting runs of the incident until the transaction ends. So `deny` is either carried out or comes
 * too late.
 */
async function statusesOf(
  tx: Tx,
  incident: Incident | undefined,
): Promise<ReadonlyMap<string, string>> {
  const runs = incident?.runs.filter(({ status }) => status === "proposed") ?? [];
  if (incident === undefined || runs.length === 0) return new Map();
  return lockedStatuses(tx, { incident: incident.id, runs: runs.map(({ id }) => id) });
}

/**
 * Locks the scope before it reads the incident. So the incident does not change before the command is recorded. It also
 * locks the environment, which recording may need. Events lock both together, and another order could deadlock.
 */
async function lockedIncident(
  tx: Tx,
  number: number | null,
): Promise<Incident | "digest" | undefined> {
  if (number === null) return undefined;
  const before = await incidentByNumber(tx, number);
  if (before === undefined) return undefined;
  await lockScopes(tx, withEnvironments([before.scope]));
  const found = await incidentByNumber(tx, number);
  if (found === undefined) return undefined;
  return isDigest(found.incident) ? "digest" : found.incident;
}
