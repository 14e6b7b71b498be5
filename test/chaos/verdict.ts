/** Lets a world settle, then asks the oracles: until they agree, or until the timeout. */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "../programs/postgres.ts";
import { freezeMs } from "./approver.ts";
import { judgeConversation, wrongMarkers } from "./conversation-oracle.ts";
import type { DaemonProcess } from "./daemon-process.ts";
import {
  type DecisionsVerdict,
  decisionsIn,
  judgeDecisions,
  judgeStored,
  storedDecisions,
} from "./decisions-oracle.ts";
import { type EffectsVerdict, judgeEffects, notYetDueSql } from "./effects-oracle.ts";
import { brokenModels, isOpen, wrongWhileBroken } from "./open-tickets-oracle.ts";
import { markersIn, type Recorded, readLog, readTopic } from "./recording.ts";
import { wrongCounters } from "./row-counters.ts";
import { modelOf, type RunLimits } from "./runs-oracle.ts";
import { judgeStream, type StreamVerdict } from "./stream-oracle.ts";
import { asks, maxRunsOf, models, topic, type World } from "./world.ts";

export interface Verdict {
  readonly stream: StreamVerdict;
  readonly decisions: DecisionsVerdict;
  readonly effects: EffectsVerdict;
  readonly wrong: readonly string[];
}

export interface Settling {
  readonly say: (line: string) => void;
  readonly timeoutMs: number;
  readonly holdsModels: boolean;
  /** Whether the daemons are of two versions, which may decide differently. Default false. */
  readonly mixed?: boolean;
}

/** Models that stay broken until they are healed: fixes do not help them, or their budget is used up. */
const heldModels = models.slice(0, 4);

export async function settle(world: World, settling: Settling): Promise<Verdict> {
  const { say } = settling;
  const attempts = untilTimeout(settling.timeoutMs);
  const untold = settling.holdsModels ? await untoldWhileBroken(world, attempts) : [];
  world.feeder.calm();
  const expected = settling.holdsModels ? await expectHeld(world, attempts) : [];
  say(`all faults are over; what was held broken is called the new normal`);
  await attempts(() => Promise.resolve(world.feeder.isCalm));
  const left = await attempts(
    async () => brokenModels(await storedDecisions(world.storeUrl)),
    (broken) => !models.some((model) => broken.includes(model)),
  );
  if (left.length > 0) say(`broken for good: ${JSON.stringify(left)}`);
  await world.feeder.stop();
  const stream = await attempts(
    async () => judgeStream(world.sourceUrl, await recordedIn(world)),
    ({ lost }) => lost === 0,
  );
  say(`${stream.rows} rows, ${stream.lost} lost, ${stream.duplicated} duplicated`);
  for (const line of stream.wrong) say(line);
  const conversation = () => judgeConversation({ ...world, issues: world.jira.issues() });
  await attempts(conversation, (wrong) => wrong.length === 0);
  const counters = await attempts(
    () => wrongCounters(world),
    (wrong) => wrong.length === 0,
  );
  say("all rows are fed; the source is stopped, so that the stream ends");
  await world.source.server.kill();
  await attempts(() => effectsAreDone(world));
  const decisions = await attempts(
    async () =>
      settling.mixed ? judgeStored(world) : judgeDecisions(world, await recordedIn(world)),
    ({ equal }) => equal,
  );
  const effects = await judgeEffects({ ...world, ...limitsIn(world) }, decisions.events);
  const markers = settling.holdsModels
    ? wrongMarkers(markersIn(await recordedIn(world)), { models: heldModels, comments: expected })
    : [];
  const wrong = [
    ...untold,
    ...stream.wrong,
    ...(await conversation()),
    ...markers,
    ...counters,
    ...decisions.wrong.slice(0, 10),
    ...effects.wrong,
    ...processesIn(world).flatMap((one) => one.crashes),
  ];
  for (const line of processesIn(world).flatMap((one) => one.errors)) say(line.slice(0, 600));
  return { stream, decisions, effects, wrong };
}

const processesIn = ({ daemons, executor }: World): readonly DaemonProcess[] =>
  executor === undefined ? daemons : [...daemons, executor];

/** Models break and stay broken, and somebody closes every ticket: there must be open ones all the same (FR-J2). */
async function untoldWhileBroken(world: World, attempts: Attempts): Promise<readonly string[]> {
  world.feeder.breakModels(heldModels, { held: true });
  await attempts(async () => {
    const broken = brokenModels(await storedDecisions(world.storeUrl));
    return heldModels.every((model) => broken.includes(model));
  });
  await attempts(async () => world.jira.issues().some(isOpen));
  await world.person.closesAll();
  // One pass says what is broken: it stays so.
  const events = await decisionsIn(world, await recordedIn(world));
  const broken = brokenModels(events).filter((model) => heldModels.includes(model));
  return await attempts(
    async () => wrongWhileBroken(broken, world.jira.issues()),
    (wrong) => wrong.length === 0,
  );
}

const membersSql = `SELECT i.document -> 'ticket' ->> 'id' AS ticket, split_part(m.subject, chr(10), 2) AS model
FROM driftwarden.incident_members m JOIN driftwarden.incidents i ON i.id = m.incident
WHERE m.state = 'joined' AND m.subject LIKE 'model' || chr(10) || '%' AND i.state = 'open'`;

/** Tickets that are open for what is broken; undefined while an incident lacks a held model, or has another one. */
async function ticketsOfHeld({ jira, storeUrl }: World): Promise<readonly string[] | undefined> {
  const rows = await sql(storeUrl, membersSql);
  const members = rows
    .map(({ ticket, model }) => ({ ticket, model: modelOf(String(model)) }))
    .filter(({ model }) => models.includes(model));
  const broken = new Set(members.map(({ model }) => model));
  const isHeld = broken.size === heldModels.length && heldModels.every((one) => broken.has(one));
  const open = jira.issues().filter(isOpen);
  const told = members.map(({ ticket }) => open.find(({ id }) => id === ticket)?.key);
  const keys = told.filter((key) => key !== undefined);
  return isHeld && keys.length === told.length ? [...new Set(keys)] : undefined;
}

/**
 * A person calls the new normal what is still broken, and a daemon dies before it can have answered.
 *
 * @returns the ids of the comments
 */
async function expectHeld(world: World, attempts: Attempts): Promise<readonly string[]> {
  const { conversation, daemons, feeder } = world;
  const told = await attempts(
    () => ticketsOfHeld(world),
    (tickets) => tickets !== undefined,
  );
  const said = [];
  for (const key of told ?? []) said.push(await conversation.say(key, "expected"));
  feeder.keep();
  await daemons[0].end("SIGKILL");
  return said;
}

function limitsIn({ conversation: { said }, engineAway }: World): RunLimits {
  const frozen = said
    .filter(({ words }) => words.startsWith("freeze"))
    .map(({ atMs }) => ({ fromMs: atMs, toMs: atMs + freezeMs }));
  const wishes = said.filter(({ words }) => words.startsWith("restart"));
  return {
    maxRunsOf,
    asks,
    wishes: wishes.map(({ id }) => `ticket:${id}#0`),
    heldBack: [...engineAway, ...frozen],
  };
}

type Attempts = <Answer>(
  ask: () => Promise<Answer>,
  isGood?: (answer: Answer) => boolean,
) => Promise<Answer>;

/** Asks again and again for the newest answer: the first that is good, or the last one at the timeout. */
function untilTimeout(timeoutMs: number): Attempts {
  return async (ask, isGood = (answer) => answer === true) => {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const answer = await ask();
      if (isGood(answer) || Date.now() > deadline) return answer;
      await pause(1000);
    }
  };
}

const openEffectsSql = `SELECT count(*)::int AS open FROM driftwarden.outbox WHERE status IN ('pending', 'working') AND NOT ${notYetDueSql}`;

async function effectsAreDone({ storeUrl }: World): Promise<boolean> {
  const [row] = await sql(storeUrl, openEffectsSql);
  return row?.["open"] === 0;
}

async function recordedIn({ kafka, storeUrl }: World): Promise<readonly Recorded[]> {
  if (kafka === undefined) return readLog(storeUrl);
  const [stream] = await sql(storeUrl, "SELECT id FROM driftwarden.streams");
  return readTopic(kafka.brokers, { topic, streamId: String(stream?.["id"]) });
}
