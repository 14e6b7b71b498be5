/** One chaos run: builds the world, injects faults one after the other, lets it settle, and asks three oracles. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { runCommand } from "../programs/command.ts";
import { waitUntil } from "../programs/wait-until.ts";
import type { Fault } from "./faults/fault.ts";
import { drawFaults, kindsIn } from "./faults/registry.ts";
import { happen, type Recovery, recoveryDeadlineMs, seconds } from "./happening.ts";
import { seeded } from "./random.ts";
import { recordLog, watchDecisions, watchStates } from "./recording.ts";
import { watchesSince } from "./recovery.ts";
import { settle, type Verdict } from "./verdict.ts";
import { buildWorld, type World } from "./world.ts";

export interface ChaosOptions {
  readonly faults: number;
  readonly seed: number;
  readonly stream: "kafka" | "postgres";
  /** A double with a ledger, or the real engine with its own. Default double. */
  readonly docker?: "double" | "engine";
  /** Whether the daemons reach the engine through an executor only. Default false. */
  readonly executor?: boolean;
  /** The built program. */
  readonly dist: string;
  /** Only faults of these kinds; default all. */
  readonly only?: readonly string[];
  /** How long each oracle is asked again while it disagrees, ms. */
  readonly timeoutMs?: number;
  /** How long a recovery may take beside the time after which a silent process is replaced, ms. */
  readonly allowanceMs?: number;
  /** Called after each fault. If it returns true, no more faults come. */
  readonly enough?: (world: World) => Promise<boolean>;
  /** Whether each model's episode is a case, and has a ticket, of its own. Default false. */
  readonly ungrouped?: boolean;
  /** Whether at the end models stay broken while a person closes every ticket. Default true. */
  readonly holdsModels?: boolean;
  /** Receives what happens, one line each. */
  readonly say: (line: string) => void;
}

export interface ChaosResult {
  readonly seed: number;
  readonly faults: number;
  readonly by_kind: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly state_equal: boolean;
  readonly tickets_expected: number;
  readonly tickets: number;
  readonly comments_duplicated: number;
  readonly runs_expected: number;
  readonly runs: number;
  /** What people were asked, and how it ended. */
  readonly proposals: number;
  readonly approvals: number;
  readonly denials: number;
  readonly expiries: number;
  readonly longest_recovery_s: number;
}

export interface ChaosOutcome {
  readonly result: ChaosResult;
  /** Problems that the oracles found; empty without any. */
  readonly wrong: readonly string[];
}

/** An effect in the hands of a daemon that died is taken over after 30 s, and a busy machine takes its time. */
const settleMs = 180_000;
export async function chaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 60_000 });
  const { say, stream, seed } = options;
  let folder: string | undefined;
  let outcome: ChaosOutcome | undefined;
  try {
    const world = await buildWorld(
      {
        stream,
        docker: options.docker ?? "double",
        executor: options.executor ?? false,
        dist: options.dist,
        ungrouped: options.ungrouped ?? false,
        random: seeded(~seed),
      },
      lifecycle,
    );
    folder = world.folder;
    if (world.disk === undefined)
      say("left out: the store's disk full, which needs the right to mount a tmpfs");
    const there = {
      kafka: world.kafka !== undefined,
      disk: world.disk !== undefined,
      executor: world.executor !== undefined,
    };
    const faults = drawFaults(seeded(seed), options.faults, options.only ?? kindsIn(there));
    await start(world, stream);
    const recovery = await amidTalk(world, () => happen(world, faults, options));
    const verdict = await settle(world, settlingOf(options));
    outcome = outcomeOf(options, { faults, verdict, recovery });
    return outcome;
  } finally {
    await lifecycle.stop();
    const clean = outcome !== undefined && outcome.wrong.length === 0;
    if (folder !== undefined && clean) await rm(folder, { recursive: true, force: true });
    else say(`logs are kept in ${folder}`);
  }
}

/** Acts while people write commands on tickets. */
async function amidTalk<Answer>({ conversation, approver }: World, act: () => Promise<Answer>) {
  conversation.start();
  approver.start();
  try {
    const answer = await act();
    await approver.stop();
    await conversation.stop();
    return answer;
  } finally {
    approver.hush();
    conversation.hush();
  }
}

const settlingOf = ({ say, timeoutMs = settleMs, holdsModels = true }: ChaosOptions) =>
  ({ say, timeoutMs, holdsModels }) as const;

async function start(world: World, stream: ChaosOptions["stream"]): Promise<void> {
  const [first, second] = world.daemons;
  // A command that may write makes the store's tables. The recording needs them.
  const program = join(world.dist, "src/main.js");
  const making = ["audit", "accept", "--config", world.configFile];
  const { code, err } = await runCommand(making, { program });
  if (code !== 0) throw new Error(`making the store: ${err}`);
  if (stream === "postgres") await recordLog(world.storeUrl);
  await watchStates(world.storeUrl);
  await watchDecisions(world.storeUrl);
  world.executor?.start();
  first.start();
  await waitUntil(async () => first.url !== undefined && (await watchesSince(world, 0)), {
    what: "the first daemon to watch",
    withinMs: recoveryDeadlineMs,
  });
  second.start();
  await waitUntil(() => second.url !== undefined, {
    what: "the second daemon",
    withinMs: recoveryDeadlineMs,
  });
}

function outcomeOf(
  { seed }: ChaosOptions,
  seen: {
    readonly faults: readonly Fault[];
    readonly verdict: Verdict;
    readonly recovery: Recovery;
  },
): ChaosOutcome {
  const { faults, verdict, recovery } = seen;
  const { stream, decisions, effects } = verdict;
  const by_kind: Record<string, number> = {};
  for (const { kind } of faults) by_kind[kind] = (by_kind[kind] ?? 0) + 1;
  return {
    wrong: [...recovery.wrong, ...verdict.wrong],
    result: {
      seed,
      faults: faults.length,
      by_kind,
      rows: stream.rows,
      lost: stream.lost,
      duplicated: stream.duplicated,
      state_equal: decisions.equal,
      tickets_expected: effects.ticketsExpected,
      tickets: effects.tickets,
      comments_duplicated: effects.commentsDuplicated,
      runs_expected: effects.runsExpected,
      runs: effects.runs,
      ...effects.approvals,
      longest_recovery_s: seconds(recovery.longestMs),
    },
  };
}
