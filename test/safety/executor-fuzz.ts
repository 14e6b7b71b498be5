/**
 * Lines of every kind to a real executor, which is a process of its own on a real socket. What its engine sees is judged by
 * an oracle. Nothing but a restart of an allowed container, once for an effect, under a good permit and within the
 * limits, may reach it; and the logs of a container whose logs are allowed.
 */
import { connect, type Socket } from "node:net";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import { linesOf } from "../../remediations/docker/executor/lines.ts";
import { messageOf } from "../../src/errors.ts";
import { seeded } from "../chaos/random.ts";
import { briefMs, drawnLine, helloLine } from "./executor-lines.ts";
import { ExecutorOracle } from "./executor-oracle.ts";
import { type ExecutorWorld, executorWorld, limits } from "./executor-world.ts";

export interface ExecutorFuzz {
  readonly inputs: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface ExecutorFuzzed {
  /** Acts that must not have been. */
  readonly escapes: number;
  readonly acts: number;
}

/** So many lines meet an engine that is slower than the shortest permit. */
const slowShare = 0.02;
/** An executor that answers nothing for so long hangs. */
const answerMs = 120_000;

export async function fuzzExecutor(fuzz: ExecutorFuzz): Promise<ExecutorFuzzed> {
  if (fuzz.inputs === 0) return { escapes: 0, acts: 0 };
  const lines = await fuzzLines(fuzz);
  const strangers = (await strangerEscapes(fuzz)) + (await openFolderEscapes(fuzz));
  return { ...lines, escapes: lines.escapes + strangers };
}

async function fuzzLines({ inputs, seed, say }: ExecutorFuzz): Promise<ExecutorFuzzed> {
  const world = await executorWorld();
  const judging = { world, say, oracle: new ExecutorOracle(world, limits) };
  const random = seeded(seed);
  let [acts, escapes] = [0, 0];
  let talk: Talk | undefined;
  try {
    for (let n = 0; n < inputs; n += 1) {
      if (random.fraction() < 0.01) talk = closed(talk);
      talk ??= await greeted(world.socket, random.fraction() < 0.95);
      if (random.fraction() < slowShare) world.slowDown(2 * briefMs);
      const line = drawnLine({ ...world, random });
      if (!(await talk.take(line))) talk = closed(talk);
      const seen = judged(line, judging);
      acts += seen.acts;
      escapes += seen.escapes;
    }
  } finally {
    closed(talk);
    await world.remove();
  }
  return { acts, escapes };
}

interface Judging extends Pick<ExecutorFuzz, "say"> {
  readonly world: ExecutorWorld;
  readonly oracle: ExecutorOracle;
}

/** What reached the engine since the last line. */
function judged(line: string, { world, oracle, say }: Judging): ExecutorFuzzed {
  const acts = world.acts();
  const wrong = acts.flatMap((act) => oracle.judge(act, line) ?? []);
  for (const reason of wrong) say(`WRONG ${reason}, after ${line.slice(0, 400)}`);
  return { acts: acts.length, escapes: wrong.length };
}

function closed(talk: Talk | undefined): undefined {
  talk?.close();
  return undefined;
}

async function greeted(path: string, isPolite: boolean): Promise<Talk> {
  const talk = talkTo(path);
  if (isPolite && !(await talk.take(helloLine))) throw new Error("the executor has ended");
  return talk;
}

interface Talk {
  /** Sends a line and waits for what is answered. @returns false when the connection ended */
  take(line: string): Promise<boolean>;
  close(): void;
}

function talkTo(path: string): Talk {
  const socket: Socket = connect(path);
  socket.on("error", () => undefined);
  const answers = linesOf(socket, 1e7);
  return {
    take: async (line) => {
      socket.write(`${line.replaceAll("\n", " ")}\n`);
      const late = setTimeout(() => socket.destroy(), answerMs);
      const next = await answers.next().catch(() => ({ done: true, value: undefined }));
      clearTimeout(late);
      if (next.done === true && !socket.readableEnded && socket.errored === null)
        throw new Error(`the executor gave no answer to ${line.slice(0, 400)}`);
      return next.done !== true && !isRefusal(next.value ?? "");
    },
    close: () => void socket.destroy(),
  };
}

/** After it the other side reads nothing more. */
const isRefusal = (answered: string): boolean => answered.includes('"DW_EXECUTOR_PROTOCOL"');

/** Another user of the machine asks for what is allowed. */
async function strangerEscapes({ say }: ExecutorFuzz): Promise<number> {
  if (process.geteuid?.() !== 0) return 0;
  const world = await executorWorld(0o755);
  try {
    process.seteuid?.(65_534);
    // The kernel decides in the turn in which the connection is asked for.
    const asked = restartAllowed(world);
    process.seteuid?.(0);
    await asked;
    return told(world, "a stranger restarted a container", say);
  } finally {
    await world.remove();
  }
}

/** The executor is started where anybody may put another socket in place of its own. */
async function openFolderEscapes({ say }: ExecutorFuzz): Promise<number> {
  const world = await executorWorld(0o777).catch(messageOf);
  if (typeof world === "string") {
    if (!world.includes("DW_EXECUTOR_PEER")) throw new Error(world);
    return 0;
  }
  try {
    await restartAllowed(world);
    return told(world, "it served a socket that anybody may replace", say);
  } finally {
    await world.remove();
  }
}

async function restartAllowed({ allowed, permit, socket }: ExecutorWorld): Promise<void> {
  const mayAct = async () => permit(2_500);
  const [id = ""] = allowed;
  await openExecutor({ socket }).restart(id, { graceSeconds: 0, mayAct }).catch(messageOf);
}

function told(world: ExecutorWorld, what: string, say: (line: string) => void): number {
  const escapes = world.acts().length;
  if (escapes > 0) say(`WRONG ${what}`);
  return escapes;
}
