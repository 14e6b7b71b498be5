/** Lets a world settle, then asks the oracles: until they agree, or until the timeout. */
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "../programs/postgres.ts";
import { type DecisionsVerdict, judgeDecisions } from "./decisions-oracle.ts";
import { type EffectsVerdict, judgeEffects, notYetDueSql } from "./effects-oracle.ts";
import { type Recorded, readLog, readTopic } from "./recording.ts";
import { judgeStream, type StreamVerdict } from "./stream-oracle.ts";
import { maxRunsOf, topic, type World } from "./world.ts";

export interface Verdict {
  readonly stream: StreamVerdict;
  readonly decisions: DecisionsVerdict;
  readonly effects: EffectsVerdict;
  readonly wrong: readonly string[];
}

/** What the last episode needs to be verified, told and resolved. */
const lastEpisodeMs = 5000;

interface Settling {
  readonly say: (line: string) => void;
  readonly timeoutMs: number;
}

export async function settle(world: World, { say, timeoutMs }: Settling): Promise<Verdict> {
  const attempts = untilTimeout(timeoutMs);
  world.feeder.calm();
  await attempts(() => Promise.resolve(world.feeder.isCalm));
  await pause(lastEpisodeMs);
  await world.feeder.stop();
  const stream = await attempts(
    async () => judgeStream(world.sourceUrl, await recordedIn(world)),
    ({ lost }) => lost === 0,
  );
  say(`${stream.rows} rows, ${stream.lost} lost, ${stream.duplicated} duplicated`);
  for (const line of stream.wrong) say(line);
  say("all rows are fed; the source is stopped, so that the stream ends");
  world.source.server.kill();
  await attempts(() => effectsAreDone(world));
  const decisions = await attempts(
    async () => judgeDecisions(world, await recordedIn(world)),
    ({ equal }) => equal,
  );
  const ledgers = { jira: world.jira, docker: world.docker, storeUrl: world.storeUrl, maxRunsOf };
  const effects = await judgeEffects(ledgers, decisions.events);
  const wrong = [
    ...stream.wrong,
    ...decisions.wrong.slice(0, 10),
    ...effects.wrong,
    ...world.daemons.flatMap((daemon) => daemon.crashes),
  ];
  for (const line of world.daemons.flatMap((daemon) => daemon.errors)) say(line.slice(0, 600));
  return { stream, decisions, effects, wrong };
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

function recordedIn({ kafka, storeUrl }: World): Promise<readonly Recorded[]> {
  return kafka === undefined ? readLog(storeUrl) : readTopic(kafka.brokers, topic);
}
