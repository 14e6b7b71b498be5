/** The kinds of faults: what each does, and when it may be drawn. Each resolves when what it broke is whole again. */
import { setTimeout as pause } from "node:timers/promises";
import type { Direction } from "./byte-cutting-proxy.ts";
import type { Random } from "./random.ts";
import type { Dependency, World } from "./world.ts";

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

/** What waits for traffic waits so long; without traffic it has met nobody. */
const patienceMs = 20_000;

const lasts = (fault: Fault, lowMs: number, highMs: number): Promise<void> =>
  pause(lowMs + fault.length * (highMs - lowMs));

/** Past the time after which others take over: the session of a consumer, or the lease of a partition. */
const silence = (world: World, fault: Fault): Promise<void> =>
  world.kafka === undefined ? lasts(fault, 10_500, 14_000) : lasts(fault, 3500, 7000);

const cut =
  (dependency: Dependency): Kind["perform"] =>
  async (world, { direction, bytes }) => {
    await world.proxies[dependency].cut({ direction, bytes }, patienceMs);
  };

type JiraFault = Parameters<World["jira"]["fault"]>[0];

const jira =
  (fault: JiraFault): Kind["perform"] =>
  async (world) => {
    world.jira.fault(fault);
    await pause(1500);
  };

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
  "source connection cut": { perform: cut("source") },
  "store connection cut": { perform: cut("store") },
  "kafka connection cut": { on: "kafka", perform: cut("kafka") },
  "jira connection cut": { perform: cut("jira") },
  "docker connection cut": { perform: cut("docker") },
  "jira 429": { perform: jira({ ...writes, answer: "rate_limited" }) },
  "jira 500 after effect": { perform: jira({ ...writes, answer: "failed", afterEffect: true }) },
  "jira 503 after effect": {
    perform: jira({ ...writes, answer: "unavailable", afterEffect: true }),
  },
  "jira timeout after effect": { perform: jira({ ...writes, answer: "hang", afterEffect: true }) },
  "docker answer truncated after effect": {
    perform: async ({ docker }) => {
      await Promise.race([docker.truncateNextRestart(), pause(patienceMs)]);
    },
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

/** Kinds that this world can suffer. */
export function kindsIn({ kafka, disk }: Pick<World, "kafka" | "disk">): readonly string[] {
  const there = { kafka: kafka !== undefined, disk: disk !== undefined };
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

/** Every kind once, in any order, before any comes twice; and so on. */
export function drawFaults(random: Random, count: number, among: readonly string[]): Fault[] {
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
  const kind = kinds[fault.kind];
  if (kind === undefined) throw new Error(`no fault ${fault.kind}`);
  await kind.perform(world, fault);
}
