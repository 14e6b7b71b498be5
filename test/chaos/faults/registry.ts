/** All kinds of faults: which there are where, how they are drawn, and which happen at once. */
import type { Random } from "../random.ts";
import type { World } from "../world.ts";
import { away } from "./away.ts";
import { cuts } from "./cuts.ts";
import type { Fault, Kinds, Present } from "./fault.ts";
import { foreignRecords } from "./foreign-records.ts";
import { hostileHttp } from "./hostile-http.ts";
import { jiraAnswers } from "./jira-answers.ts";
import { jiraPeople } from "./jira-people.ts";
import { members } from "./members.ts";
import { oddNames } from "./odd-names.ts";
import { poisonRows } from "./poison-rows.ts";
import { processes } from "./processes.ts";
import { servers } from "./servers.ts";
import { starved } from "./starved.ts";

const kinds: Kinds = {
  ...processes,
  ...starved,
  ...servers,
  ...cuts,
  ...jiraAnswers,
  ...jiraPeople,
  ...away,
  ...members,
  ...foreignRecords,
  ...poisonRows,
  ...oddNames,
  ...hostileHttp,
};

/** Kinds that can be suffered where these parts are there. */
export function kindsIn(there: Readonly<Record<Present, boolean>>): readonly string[] {
  return Object.entries(kinds)
    .filter(([, { on }]) => on === undefined || there[on])
    .map(([kind]) => kind);
}

const togetherShare = 0.4;
const mostTogether = 3;
/** Two faults of one part would undo each other. */
export const partOf = ({ kind }: Pick<Fault, "kind">): string => kind.slice(0, 5);

/** One fault a group, or up to three at once. Those that last come first, so that others happen meanwhile. */
export function grouped(faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const groups: Fault[][] = [];
  for (const fault of faults.filter((one) => !isLasting(one))) {
    const last = groups.at(-1) ?? [];
    const isOpen = last.at(-1)?.together === true && last.length < mostTogether;
    if (isOpen && last.every((other) => partOf(other) !== partOf(fault))) last.push(fault);
    else groups.push([fault]);
  }
  return [...faults.filter(isLasting).map((fault) => [fault]), ...groups];
}

/**
 * Every kind once, in any order, before any comes twice; and so on.
 *
 * @throws Error when a kind among them is none
 */
export function drawFaults(random: Random, count: number, among: readonly string[]): Fault[] {
  const unknown = among.find((kind) => !(kind in kinds));
  if (unknown !== undefined) {
    throw new Error(`no kind of fault "${unknown}"; there are: ${Object.keys(kinds).join(" · ")}`);
  }
  const drawn: Fault[] = [];
  while (drawn.length < count) {
    for (const kind of random.shuffled(among)) {
      drawn.push({
        kind,
        victim: random.pick([0, 1]),
        direction: random.pick(["to_server", "to_client"]),
        bytes: random.between(0, random.pick([50, 500, 5000])),
        length: random.fraction(),
        seed: random.between(0, 2 ** 31 - 1),
        together: random.fraction() < togetherShare,
      });
    }
  }
  return drawn.slice(0, count);
}

/** Whether it lasts while other faults happen. */
export const isLasting = ({ kind }: Fault): boolean => kinds[kind]?.lasting === true;

export async function perform(world: World, fault: Fault): Promise<void> {
  await kinds[fault.kind]?.perform(world, fault);
}
