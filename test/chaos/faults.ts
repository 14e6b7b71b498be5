/** The kinds of faults: what each does, and when it may be drawn. Each resolves when what it broke is whole again. */
import { setTimeout as pause } from "node:timers/promises";
import type { ByteCuttingProxy, Cut, Direction } from "./byte-cutting-proxy.ts";
import type { Random } from "./random.ts";
import { type Dependency, takeoverMs, type World } from "./world.ts";

export interface Fault {
  readonly kind: string;
  /** The daemon it meets, where it meets one. */
  readonly victim: 0 | 1;
  readonly direction: Direction;
  readonly bytes: number;
  /** How long it lasts, where it lasts; 0 to 1 of the kind's own range. */
  readonly length: number;
  /** Happens at once with the next one. */
  readonly together: boolean;
}

interface Kind {
  readonly on?: "kafka" | "disk";
  readonly perform: (world: World, fault: Fault) => Promise<void>;
}

/** What waits for traffic waits so long. */
const timeoutMs = 180_000;

const lasts = (fault: Fault, lowMs: number, highMs: number): Promise<void> =>
  pause(lowMs + fault.length * (highMs - lowMs));

/** Past the time after which others take over. */
const silence = (world: World, fault: Fault): Promise<void> =>
  lasts(fault, takeoverMs(world) + 500, takeoverMs(world) + 4000);

async function cutOrFail(proxy: ByteCuttingProxy, cut: Cut): Promise<void> {
  const met = await proxy.cut(cut, timeoutMs);
  if (!met) throw new Error(`a cut met no traffic: ${JSON.stringify(cut)}`);
}

/** At a random byte, in both directions: a kind of its own for each, so that every run has both. */
const cuts = (dependency: Dependency, on?: Kind["on"]): Readonly<Record<string, Kind>> => {
  const kind = (direction: Direction): Kind => ({
    ...(on !== undefined && { on }),
    perform: ({ proxies }, { bytes }) => cutOrFail(proxies[dependency], { direction, bytes }),
  });
  return {
    [`${dependency} connection cut, requests`]: kind("to_server"),
    [`${dependency} connection cut, answers`]: kind("to_client"),
  };
};

type JiraFault = Omit<Parameters<World["jira"]["fault"]>[0], "onMet">;

const jira =
  (fault: JiraFault): Kind["perform"] =>
  (world) =>
    new Promise((resolve, reject) => {
      const none = new Error(`no request met ${JSON.stringify(fault)}`);
      const timer = setTimeout(() => reject(none), timeoutMs);
      const onMet = (): void => {
        clearTimeout(timer);
        resolve();
      };
      world.jira.fault({ ...fault, onMet });
    });

const writes = { method: "POST", path: /\/(issue|comment)$/ } as const;

const kinds: Readonly<Record<string, Kind>> = {
  "daemon killed": { perform: (world, { victim }) => world.daemons[victim].end("SIGKILL") },
  "daemon restarted": { perform: (world, { victim }) => world.daemons[victim].end("SIGTERM") },
  "daemons killed, both": {
    perform: async ({ daemons }) => {
      await Promise.all(daemons.map((daemon) => daemon.end("SIGKILL")));
    },
  },
  "daemon paused": {
    perform: async (world, fault) => {
      const daemon = world.daemons[fault.victim];
      daemon.pause();
      await silence(world, fault).finally(() => daemon.resume());
    },
  },
  "broker killed": {
    on: "kafka",
    perform: async ({ kafka }, fault) => {
      await kafka?.kill();
      await lasts(fault, 200, 2000);
      await kafka?.restart();
    },
  },
  "broker paused": {
    on: "kafka",
    perform: async ({ kafka }, fault) => {
      kafka?.pause();
      await lasts(fault, 2000, 6000).finally(() => kafka?.resume());
    },
  },
  "source stopped": {
    perform: async ({ source }, fault) => {
      source.server.kill();
      await lasts(fault, 200, 2000);
      await source.server.restart();
    },
  },
  "store stopped": {
    perform: async ({ store }, fault) => {
      store.server.kill();
      await lasts(fault, 200, 2000);
      await store.server.restart();
    },
  },
  "store disk full": {
    on: "disk",
    perform: async ({ disk, store }, fault) => {
      await disk?.fill();
      await lasts(fault, 500, 3000);
      await disk?.free();
      // What the full disk has ended, whoever looks after it starts again.
      if (!store.server.running) await store.server.restart();
    },
  },
  ...cuts("source"),
  ...cuts("store"),
  ...cuts("kafka", "kafka"),
  ...cuts("jira"),
  ...cuts("docker"),
  "jira 429": { perform: jira({ ...writes, answer: "rate_limited" }) },
  "jira 500 after effect": { perform: jira({ ...writes, answer: "failed", afterEffect: true }) },
  "jira 503 after effect": {
    perform: jira({ ...writes, answer: "unavailable", afterEffect: true }),
  },
  "jira timeout after effect": { perform: jira({ ...writes, answer: "hang", afterEffect: true }) },
  "docker answer truncated after effect": {
    // The answer begins when the engine is done; its first line alone is longer than this.
    perform: ({ proxies }, { bytes }) =>
      cutOrFail(proxies.docker, {
        direction: "to_client",
        bytes: bytes % 20,
        after: /^POST \S+\/restart/,
      }),
  },
  "clock stepped": {
    perform: async (world, fault) => {
      const daemon = world.daemons[fault.victim];
      const hour = fault.direction === "to_server" ? 3_600_000 : -3_600_000;
      daemon.setClock(hour);
      await lasts(fault, 2000, 5000);
      daemon.setClock(0);
    },
  },
};

/** Kinds that can be suffered where there is a broker, or a disk that can be filled. */
export function kindsIn(there: Readonly<Record<"kafka" | "disk", boolean>>): readonly string[] {
  return Object.entries(kinds)
    .filter(([, { on }]) => on === undefined || there[on])
    .map(([kind]) => kind);
}

const togetherShare = 0.25;
/** Two faults of one part would undo each other. */
const partOf = ({ kind }: Fault): string => kind.slice(0, 5);

/** One fault a group, or two at once. */
export function grouped(faults: readonly Fault[]): readonly (readonly Fault[])[] {
  const groups: Fault[][] = [];
  for (const fault of faults) {
    const last = groups.at(-1);
    const before = last?.length === 1 ? last[0] : undefined;
    if (before?.together === true && partOf(before) !== partOf(fault)) last?.push(fault);
    else groups.push([fault]);
  }
  return groups;
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
        together: random.fraction() < togetherShare,
      });
    }
  }
  return drawn.slice(0, count);
}

export async function perform(world: World, fault: Fault): Promise<void> {
  await kinds[fault.kind]?.perform(world, fault);
}
