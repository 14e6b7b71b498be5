/**
 * Carries out one stored command. The incident, its effects, the journal and the answer are written in one
 * transaction.
 *
 *     take the row ─► who is it ─► may they ─► the handler: deed and answer ─► recordEvents ─► answered
 */
import type { Deed } from "../incidents/deed.ts";
import { isDigest } from "../incidents/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { sourceScope } from "../incidents/subject.ts";
import type { CommandAnswer } from "../messages/answer.ts";
import { line, type MessageSection } from "../messages/message.ts";
import {
  answerCommand,
  answersCarried,
  type StoredCommand,
  takeCommand,
  textOf,
} from "../store/commands/command.ts";
import { brokenModels } from "../store/incident-members/broken.ts";
import { incidentByNumber, openIncidents } from "../store/incidents/by-number.ts";
import { lockScopes } from "../store/incidents/incident.ts";
import { silencedBy } from "../store/incidents/silences.ts";
import type { Tx } from "../store/query.ts";
import type { Command, CommandContext, CommandOutcome } from "./command.ts";
import { type AskedLine, askedIn } from "./grammar.ts";
import { takenFromTracker } from "./in-tracker.ts";
import { refusalOf, unfitRefusal } from "./may.ts";
import { type CommandActor, type KnownPeople, withGroupRoles } from "./people.ts";
import { refused, say, typed } from "./says.ts";

export interface CarryingOptions {
  readonly commands: readonly Command[];
  readonly people: KnownPeople;
  readonly recording: RecordOptions;
}

/** What became of one line. */
export interface CarriedLine {
  /** Name of the command; empty when no command has the name. */
  readonly name: string;
  readonly outcome: "done" | "refused" | "asks";
  /** Of a refusal. */
  readonly code: string | null;
  readonly says: MessageSection;
}

export interface Carried {
  readonly command: StoredCommand;
  readonly lines: readonly CarriedLine[];
}

/** So many open incidents are read where somebody asks for all. */
const shownOpen = 11;

/** The oldest command that waits. @returns undefined when none does */
export async function carryOutNext(tx: Tx, options: CarryingOptions): Promise<Carried | undefined> {
  const stored = await takeCommand(tx);
  if (stored === undefined) return undefined;
  const lines = await carriedLines(tx, stored, options);
  const nowMs = options.recording.clock.now();
  await answerCommand(tx, stored.id, { answer: answerOf(lines), nowMs });
  // Nobody is mailed that nothing follows.
  if (lines.every(({ says }) => says.length === 0)) await answersCarried(tx, [stored.id]);
  return { command: stored, lines };
}

/** Nothing can be done with it: the program failed on it. */
export async function giveUpNext(tx: Tx, nowMs: number): Promise<StoredCommand | undefined> {
  const stored = await takeCommand(tx);
  if (stored === undefined) return undefined;
  const says = [
    say(line`Not done: Driftwarden failed on it, and its log says why. Nothing was changed.`),
  ];
  const answer: CommandAnswer = { done: false, code: "failed", says };
  await answerCommand(tx, stored.id, { answer, nowMs });
  return stored;
}

async function carriedLines(
  tx: Tx,
  stored: StoredCommand,
  options: CarryingOptions,
): Promise<readonly CarriedLine[]> {
  if (stored.unfit) return [lineOf("", unfitRefusal(stored.unfit))];
  const lines: CarriedLine[] = [];
  for (const [n, asked] of askedIn(stored.said, options.commands).entries()) {
    const saying: Saying = { stored, id: `${stored.id}#${n}`, confirmed: false, options };
    lines.push(await carriedLine(tx, asked, saying));
  }
  return lines;
}

interface Saying {
  readonly stored: StoredCommand;
  /** Of the line. */
  readonly id: string;
  readonly confirmed: boolean;
  readonly options: CarryingOptions;
}

async function carriedLine(tx: Tx, asked: AskedLine, saying: Saying): Promise<CarriedLine> {
  const { command } = asked;
  if (command === undefined) return lineOf("", unknownWord(asked));
  const { stored, options } = saying;
  const own = options.people.actor(stored.door, stored.account);
  const actor = withGroupRoles(own, stored.roles);
  const refusal = await refusalOf(tx, command, {
    actor,
    own,
    stored,
    people: options.people,
    nowMs: options.recording.clock.now(),
  });
  const isInTracker = stored.door === "tracker";
  if (refusal !== undefined && !isInTracker) return lineOf(command.words[0], refusal);
  const context = await contextOf(tx, saying, actor);
  if (context === undefined) return lineOf(command.words[0], overDigest());
  const outcome = isInTracker
    ? takenFromTracker(command, asked.text, { context, refusal, ticket: stored.place })
    : command.carryOut(asked.text, context);
  if (outcome.status === "confirms") return carryConfirmed(tx, outcome.command, saying);
  await record(tx, { command, outcome, context, options });
  return lineOf(command.words[0], outcome);
}

/** The command that had asked is carried out as who confirms it says it. */
async function carryConfirmed(tx: Tx, id: string, saying: Saying): Promise<CarriedLine> {
  const at = id.lastIndexOf("#");
  const said = await textOf(tx, id.slice(0, at));
  const asked = askedIn(said ?? "", saying.options.commands)[Number(id.slice(at + 1))];
  if (asked === undefined || asked.command === undefined || said === undefined)
    return lineOf("yes", refused("no_question", line`the question is gone. Say it again.`));
  return carriedLine(tx, asked, { ...saying, id, confirmed: true });
}

async function contextOf(
  tx: Tx,
  { stored, id, confirmed, options }: Saying,
  actor: CommandActor,
): Promise<CommandContext | undefined> {
  const { people, commands, recording } = options;
  const incident = await lockedIncident(tx, stored.incident);
  if (incident === "digest") return undefined;
  const open = incident === undefined ? await openIncidents(tx, shownOpen) : [];
  return {
    id,
    incident,
    actor,
    people,
    commands,
    confirmed,
    nowMs: recording.clock.now(),
    ackForMs: recording.settings.ackForMs ?? 0,
    closedByHandMs: recording.settings.closedByHandMs ?? 0,
    models: incident === undefined ? [] : await brokenModels(tx, incident.id),
    open: open.flatMap((one) => (isDigest(one) ? [] : [one])),
  };
}

/** Locked first: what is decided by its state must not change before it is recorded. */
async function lockedIncident(
  tx: Tx,
  number: number | null,
): Promise<Incident | "digest" | undefined> {
  if (number === null) return undefined;
  const before = await incidentByNumber(tx, number);
  if (before === undefined) return undefined;
  await lockScopes(tx, [before.scope]);
  const found = await incidentByNumber(tx, number);
  if (found === undefined) return undefined;
  return isDigest(found.incident) ? "digest" : found.incident;
}

interface Recorded {
  readonly command: Command;
  readonly outcome: CommandOutcome;
  readonly context: CommandContext;
  readonly options: CarryingOptions;
}

const questionMs = 30 * 60_000;

async function record(tx: Tx, { command, outcome, context, options }: Recorded): Promise<void> {
  const { incident, actor, id, nowMs } = context;
  const [word] = command.words;
  const deed =
    outcome.status === "asks"
      ? ({ kind: "ask", word, untilMs: nowMs + questionMs } as const)
      : outcome.status === "confirms"
        ? undefined
        : outcome.deed;
  if (deed === undefined || incident === undefined) return;
  const event = { type: "commanded", command: id, by: actor.name, deed } as const;
  const incidents = await concerned(tx, incident, deed);
  await recordEvents(
    tx,
    incidents.map((one) => ({ event, incident: one })),
    options.recording,
  );
}

/** A silence also covers later incidents of its scope. It ends, and is replaced, for all of them at once. */
async function concerned(
  tx: Tx,
  { id, subject, silence }: Incident,
  deed: Deed,
): Promise<readonly string[]> {
  const isAboutSilence = deed.kind === "silence" || deed.kind === "unsilence";
  if (!isAboutSilence || silence === undefined) return [id];
  return silencedBy(tx, { scope: sourceScope(subject), command: silence.command });
}

function lineOf(
  name: string,
  outcome: Exclude<CommandOutcome, { status: "confirms" }>,
): CarriedLine {
  const { status } = outcome;
  if (status === "done") return { name, outcome: "done", code: null, says: outcome.says };
  if (status === "refused")
    return { name, outcome: "refused", code: outcome.code, says: outcome.says };
  const confirm = line`Nothing is done yet. To confirm it within 30 min, say ${typed("yes")}.`;
  return { name, outcome: "asks", code: "asks", says: [outcome.question, ...say(confirm)] };
}

function answerOf(lines: readonly CarriedLine[]): CommandAnswer {
  const open = lines.find(({ outcome }) => outcome !== "done");
  return {
    done: open === undefined,
    code: open?.code ?? null,
    says: lines.map(({ says }) => says),
  };
}

function unknownWord({ word, meant }: Extract<AskedLine, { command: undefined }>) {
  const what = line`"${word}" is no command.`;
  const next =
    meant === undefined
      ? line`What can be said: ${typed("help")}.`
      : line`Did you mean ${typed(meant)}?`;
  return refused("unknown_command", line`${what} ${next} Nothing was changed.`);
}

function overDigest() {
  return refused(
    "over",
    line`this ticket tells of what was over before anybody could be told. There is nothing to do about it.`,
  );
}
