/**
 * Carries out one stored command. One transaction writes the incident, its effects, the journal and the answer.
 *
 *     take the row ─► who is it ─► may they ─► the handler: deed and answer ─► recordEvents ─► answered
 */
import type { Deed } from "../incidents/deed.ts";
import type { Incident } from "../incidents/incident.ts";
import { recordEvents } from "../incidents/record-events.ts";
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
import { changeFreezes } from "../store/freezes/change.ts";
import { silencedBy } from "../store/incidents/silences.ts";
import { changeTeam } from "../store/model-teams/model-team.ts";
import type { Tx } from "../store/query.ts";
import { lockBudgets } from "../store/runs/budget.ts";
import { carryWish } from "./carry-wish.ts";
import type { Command, CommandContext, CommandOutcome } from "./command.ts";
import {
  actorOf,
  type CarryingOptions,
  contextOf,
  isShared,
  type SaidLine,
  type WishLook,
} from "./context.ts";
import { type AskedLine, askedIn } from "./grammar.ts";
import { takenFromTracker } from "./in-tracker.ts";
import { refusalOf, unfitRefusal } from "./may.ts";
import { type CommandActor, withGroupRoles } from "./people.ts";
import { type CommandRefusal, refusalText, refused, say, typed } from "./says.ts";

/** The result of one line of a message. */
export interface CarriedLine {
  /** Name of the command; empty when no command has the name. */
  readonly name: string;
  readonly outcome: "done" | "refused" | "asks";
  /** Code of a refusal; null for another outcome. */
  readonly code: string | null;
  readonly says: MessageSection;
}

export interface Carried {
  readonly command: StoredCommand;
  readonly lines: readonly CarriedLine[];
}

/**
 * Carries out the oldest waiting command. @returns undefined when none waits
 *
 * @param taken called with the id of the command before it is carried out
 */
export async function carryOutNext(
  tx: Tx,
  options: CarryingOptions,
  taken: (id: string) => void,
): Promise<Carried | undefined> {
  const stored = await takeCommand(tx);
  if (stored === undefined) return undefined;
  taken(stored.id);
  const lines = await carriedLines(tx, stored, options);
  const nowMs = options.recording.clock.now();
  await answerCommand(tx, stored.id, { answer: answerOf(lines), nowMs });
  // An empty answer gets no comment on the ticket, because the comment would send a mail.
  if (lines.every(({ says }) => says.length === 0)) await answersCarried(tx, [stored.id]);
  return { command: stored, lines };
}

/**
 * Answers a command that the program could not carry out because of an error.
 *
 * @returns undefined when another process has taken it
 */
export async function giveUp(
  tx: Tx,
  id: string,
  { people, recording }: CarryingOptions,
): Promise<StoredCommand | undefined> {
  const stored = await takeCommand(tx, id);
  if (stored === undefined) return undefined;
  const own = await actorOf(tx, stored, people);
  const failed = lineOf("", failedOnIt, { stored, own });
  await answerCommand(tx, stored.id, {
    answer: answerOf([failed]),
    nowMs: recording.clock.now(),
  });
  return stored;
}

const failedOnIt = refused(
  "failed",
  line`Driftwarden failed on it, and its log says why. Nothing was changed.`,
);

async function carriedLines(
  tx: Tx,
  stored: StoredCommand,
  options: CarryingOptions,
): Promise<readonly CarriedLine[]> {
  const own = await actorOf(tx, stored, options.people);
  const common = { stored, own, confirmed: false, options };
  if (stored.unfit) return [lineOf("", unfitRefusal(stored.unfit), common)];
  const lines: CarriedLine[] = [];
  const all = askedIn(stored.said, options.commands);
  const looks = await lookedAt(tx, all, common);
  // A decision about a run locks budgets before the incident. The same order here prevents a deadlock.
  if (all.some(({ command }) => command?.holdsRuns === true)) await lockBudgets(tx);
  for (const [n, asked] of all.entries())
    lines.push(
      await carriedLine(tx, asked, { ...common, id: `${stored.id}#${n}`, look: looks[n] }),
    );
  return lines;
}

/**
 * Reads the fixes' targets from the engine, if the person may give the command. The engine may be slow, so only the
 * command is locked meanwhile.
 */
async function lookedAt(
  tx: Tx,
  all: readonly AskedLine[],
  saying: Omit<SaidLine, "id">,
): Promise<readonly (WishLook | undefined)[]> {
  const looks: (WishLook | undefined)[] = [];
  for (const asked of all) {
    const word = asked.command?.wishes?.(asked.text);
    const mayNot = asked.command && (await refusalFor(tx, asked.command, saying));
    const isLooked = word !== undefined && mayNot === undefined;
    looks.push(isLooked ? await saying.options.wishing?.look(word) : undefined);
  }
  return looks;
}

function refusalFor(
  tx: Tx,
  command: Command,
  { stored, own, options }: Omit<SaidLine, "id">,
): Promise<CommandRefusal | undefined> {
  return refusalOf(tx, command, {
    actor: withGroupRoles(own, stored.roles),
    own,
    stored,
    people: options.people,
    nowMs: options.recording.clock.now(),
  });
}

async function carriedLine(tx: Tx, asked: AskedLine, saying: SaidLine): Promise<CarriedLine> {
  const { command } = asked;
  if (command === undefined) return lineOf("", unknownWord(asked), saying);
  const { stored, own } = saying;
  const actor = withGroupRoles(own, stored.roles);
  const refusal = await refusalFor(tx, command, saying);
  if (refusal !== undefined && stored.door !== "tracker")
    return lineOf(command.words[0], refusal, saying);
  return carryFor(tx, asked, { ...saying, actor, refusal });
}

interface AskedBySomebody extends SaidLine {
  readonly actor: CommandActor;
  /**
   * Why the person may not give the command; undefined when they may. A change made in the tracker stays in any case.
   */
  readonly refusal: CommandRefusal | undefined;
}

async function carryFor(
  tx: Tx,
  asked: Extract<AskedLine, { command: Command }>,
  { actor, refusal, ...saying }: AskedBySomebody,
): Promise<CarriedLine> {
  const { command } = asked;
  const { stored, options, look } = saying;
  const seen = { needsFigures: command.needsFigures, fixes: look?.fixes ?? [] };
  const context = await contextOf(tx, saying, { actor, ...seen });
  if (context === undefined) return lineOf(command.words[0], overDigest(), saying);
  const outcome =
    stored.door === "tracker"
      ? takenFromTracker(command, asked.text, { context, refusal, ticket: stored.place })
      : command.carryOut(asked.text, context);
  if (outcome.status === "confirms") return carryConfirmed(tx, outcome.command, saying);
  if (outcome.status === "about") {
    const about = { ...stored, incident: outcome.incident };
    return carriedLine(tx, asked, { ...saying, stored: about });
  }
  if (outcome.status === "wishes") {
    const wished = await carryWish(tx, outcome, { context, options, look });
    return lineOf(command.words[0], wished, saying);
  }
  await record(tx, { command, outcome, context, options });
  return lineOf(command.words[0], outcome, saying);
}

/** Carries out the command that waited for confirmation, as if the confirming person had given it. */
async function carryConfirmed(tx: Tx, id: string, saying: SaidLine): Promise<CarriedLine> {
  const at = id.lastIndexOf("#");
  const said = await textOf(tx, id.slice(0, at));
  const asked = askedIn(said ?? "", saying.options.commands)[Number(id.slice(at + 1))];
  if (asked === undefined || asked.command === undefined || said === undefined)
    return lineOf("yes", refused("no_question", line`the question is gone. Say it again.`), saying);
  return carriedLine(tx, asked, { ...saying, id, confirmed: true });
}

type RecordedOutcome = Exclude<CommandOutcome, { status: "confirms" | "about" | "wishes" }>;

interface Recorded {
  readonly command: Command;
  readonly outcome: RecordedOutcome;
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
      : outcome.deed;
  if (outcome.status === "done" && outcome.freezing !== undefined)
    await changeFreezes(tx, outcome.freezing);
  if (outcome.status === "done" && outcome.rerouting !== undefined)
    await changeTeam(tx, outcome.rerouting);
  if (deed === undefined || incident === undefined) return;
  const event = { type: "commanded", command: id, by: actor.by, deed } as const;
  const incidents = await concerned(tx, incident, deed);
  await recordEvents(
    tx,
    incidents.map((one) => ({ event, incident: one })),
    options.recording,
  );
}

/**
 * The incidents that a deed changes. A silence also covers later incidents of its scope, so its end or replacement
 * changes all of them.
 */
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
  outcome: RecordedOutcome,
  { stored, own }: Pick<SaidLine, "stored" | "own">,
): CarriedLine {
  const { status } = outcome;
  if (status === "done") return { name, outcome: "done", code: null, says: outcome.says };
  if (status === "refused")
    return {
      name,
      outcome: "refused",
      code: outcome.code,
      says: refusalText(outcome, isShared(stored.door) ? own.name : undefined),
    };
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
