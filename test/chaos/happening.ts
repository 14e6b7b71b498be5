/** Injects the drawn faults into a world, and measures how long the daemons need to watch again after each. */
import { setTimeout as pause } from "node:timers/promises";
import { waitUntil } from "../programs/wait-until.ts";
import type { Fault } from "./faults/fault.ts";
import { grouped, isLasting, partOf, perform } from "./faults/registry.ts";
import { watchesSince } from "./recovery.ts";
import { takeoverMs, type World } from "./world.ts";

export interface Recovery {
  readonly longestMs: number;
  readonly wrong: readonly string[];
}

/** Time between a recovery and the next fault. */
const breatherMs = 300;
/** Longest wait for a recovery. */
export const recoveryDeadlineMs = 300_000;
interface Watching {
  readonly say: (line: string) => void;
  /** Beside the time after which a silent process is replaced; for each of the faults that happen at once. */
  readonly allowanceMs?: number;
  /** Called after each group. If it returns true, no more faults come. */
  readonly enough?: (world: World) => Promise<boolean>;
}

/**
 * One group after the other. A fault that lasts goes on beside the groups of other parts; those of its own part come
 * when it is over.
 */
export async function happen(
  world: World,
  faults: readonly Fault[],
  watching: Watching,
): Promise<Recovery> {
  const queue = [...grouped(faults)];
  const going = new Map<string, Promise<void>>();
  const wrong: string[] = [];
  let longestMs = 0;
  const isFree = (group: readonly Fault[]): boolean =>
    group.every((fault) => !going.has(partOf(fault)));
  const begin = (fault: Fault): void => {
    const part = partOf(fault);
    watching.say(`${fault.kind}, beside what comes next`);
    const whole = perform(world, fault).finally(() => going.delete(part));
    // Whoever waits for it gets the error as well.
    whole.catch(() => undefined);
    going.set(part, whole);
  };
  while (queue.length > 0) {
    const next = queue.findIndex(isFree);
    if (next < 0) {
      await Promise.race(going.values());
      continue;
    }
    const group = queue.splice(next, 1)[0] ?? [];
    const lasting = group.filter(isLasting);
    for (const fault of lasting) begin(fault);
    if (lasting.length > 0) continue;
    const { recoveryMs, slow } = await suffer(world, group, watching);
    longestMs = Math.max(longestMs, recoveryMs);
    wrong.push(...slow);
    if ((await watching.enough?.(world)) === true) break;
    await pause(breatherMs);
  }
  await Promise.all(going.values());
  return { longestMs, wrong };
}

/** One group of faults that happen at once, and the recovery from them. */
async function suffer(
  world: World,
  group: readonly Fault[],
  { say, allowanceMs = 10_000 }: Watching,
): Promise<{ readonly recoveryMs: number; readonly slow: readonly string[] }> {
  const what = group.map(({ kind }) => kind).join(" + ");
  const beganMs = Date.now();
  await Promise.all(group.map((fault) => perform(world, fault)));
  const wholeMs = Date.now();
  await waitUntil(() => watchesSince(world, wholeMs), {
    what: `recovery from: ${what}`,
    withinMs: recoveryDeadlineMs,
  });
  const recoveryMs = Date.now() - wholeMs;
  const lasted = `${seconds(wholeMs - beganMs)} s, recovered in ${seconds(recoveryMs)} s`;
  say(`${what}: ${lasted}`);
  const allowedMs = (takeoverMs(world) + allowanceMs) * group.length;
  return { recoveryMs, slow: recoveryMs > allowedMs ? [`slow: ${what}: ${lasted}`] : [] };
}

export const seconds = (ms: number): number => Math.round(ms / 100) / 10;
