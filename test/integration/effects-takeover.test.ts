/** What happens to an effect whose process is killed, or stopped and woken again, with real processes and signals. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { record } from "../programs/effects.ts";
import { holderOf } from "../programs/effects-holder.ts";
import { eventually } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

const program = new URL("../programs/effects-holder.ts", import.meta.url).pathname;
const leaseUntil = "select lease_until::text as until from outbox where status = 'working'";
const unfinished =
  "select effect ->> 'kind' as kind, status from outbox where status in ('pending', 'working')";

interface World {
  readonly url: string;
  /** `<owner> <what>`, in order. */
  readonly told: readonly string[];
  /** The next request of the child for this stays without an answer; resolves, when it comes, to what answers it. */
  hold(what: string): Promise<() => void>;
  stop(): void;
}

async function startWorld(): Promise<World> {
  const told: string[] = [];
  const held = new Map<string, (response: ServerResponse) => void>();
  const server = createServer((request, response) => {
    const asked = `${String(request.headers["owner"])} ${request.url?.slice(1)}`;
    told.push(asked);
    const keep = held.get(asked);
    held.delete(asked);
    if (keep === undefined) response.end();
    else keep(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    told,
    hold: (what) =>
      new Promise((resolve) => {
        held.set(`child ${what}`, (response) => resolve(() => void response.end()));
      }),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Scene {
  readonly store: Store;
  readonly world: World;
  readonly child: ChildProcess;
  /** What the child logs. */
  readonly said: readonly string[];
}

/** A child that has the one run effect of a new store in hand, and is held in `what`. */
async function heldIn(
  schema: string,
  what: string,
  work: (scene: Scene, answer: () => void) => Promise<void>,
): Promise<void> {
  const store = await stores.open({ schema });
  const world = await startWorld();
  const args = ["--import", "tsx/esm", program, stores.url, schema, world.url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => said.push(line));
  try {
    const held = world.hold(what);
    const settings = {
      resolveAfterMs: 1e9,
      reopenDurationMs: 1e9,
      healthAfterMs: 1e9,
      fixesFor: () => ["restart-svc"],
    };
    await record(store, episodeOpened(), { clock: systemClock, orderKeyOf, settings });
    const answer = await held;
    // A child that is stopped keeps everything that it has in hand, so the other effects are done before.
    await eventually(async () => {
      expect(await store.query(unfinished)).toEqual([{ kind: "run.start", status: "working" }]);
    });
    await work({ store, world, child, said }, answer);
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    world.stop();
  }
}

const runIsDone = async (store: Store): Promise<void> => {
  const { pending, working } = await countEffects(store);
  expect(pending + working).toBe(0);
};

describe("an effect whose process is killed in the act", () => {
  it("an effect whose process is killed in the act is taken within seconds, and looked up before anything is done", async () => {
    await heldIn("killed", "act", async ({ store, world, child }) => {
      const successor = holderOf(store, "successor", world.url);
      successor.start();
      try {
        child.kill("SIGKILL");
        const left =
          "select extract(epoch from lease_until - now())::float8 as s from outbox where status = 'working'";
        const [lease] = await store.query<{ s: number }>(left);
        expect(lease?.s).toBeLessThanOrEqual(5);
        await eventually(() => expect(world.told).toContain("successor look/unknown"));
        await eventually(() => runIsDone(store));
      } finally {
        await successor.stop();
      }
    });
  });

  it("is not taken from one that is alive and slow", async () => {
    await heldIn("slow", "act", async ({ store, world }, answer) => {
      const successor = holderOf(store, "successor", world.url);
      successor.start();
      try {
        const [first] = await store.query<{ until: string }>(leaseUntil);
        // The successor looks every second.
        const isRenewed =
          "select 1 from outbox where lease_until > $1 and now() > $1::timestamptz + interval '2 s'";
        await eventually(async () => {
          expect(await store.query(isRenewed, [first?.until])).toHaveLength(1);
        });
        answer();
        await eventually(() => runIsDone(store));
        expect(world.told).toEqual(["child look", "child act"]);
      } finally {
        await successor.stop();
      }
    });
  });
});

describe("an effect whose process is stopped right before the act", () => {
  it("an effect whose process is paused right before the act is done by the next worker, and not again when it goes on", async () => {
    await heldIn("stopped", "look", async ({ store, world, child, said }, answer) => {
      child.kill("SIGSTOP");
      const successor = holderOf(store, "successor", world.url);
      successor.start();
      try {
        // What it waits for is there when it wakes: the act is all that is left to do.
        answer();
        await eventually(() => expect(world.told).toContain("successor act"));
        child.kill("SIGCONT");
        await eventually(() => expect(said.join("\n")).toContain("DW_STORE_FENCED"));
        await eventually(() => runIsDone(store));
        expect(world.told).toEqual(["child look", "successor look/unknown", "successor act"]);
      } finally {
        await successor.stop();
      }
    });
  });

  it("is done when it wakes, if nobody took it up meanwhile", async () => {
    await heldIn("alone", "look", async ({ store, world, child }, answer) => {
      child.kill("SIGSTOP");
      answer();
      await eventually(async () => {
        const expired = "select 1 from outbox where status = 'working' and lease_until < now()";
        expect(await store.query(expired)).toHaveLength(1);
      });
      child.kill("SIGCONT");
      await eventually(() => runIsDone(store));
      // Whoever of the child's rounds comes first: it goes on, or takes the effect up again and looks once more.
      expect(world.told.filter((what) => what === "child act")).toHaveLength(1);
    });
  });
});
