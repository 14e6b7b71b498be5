/** The verbs that change an engine beyond a restart: what reaches the engine, and what does not. */
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { DockerError } from "../../remediations/docker/errors.ts";
import { executorWelcome } from "../../remediations/docker/executor/executor-engine.ts";
import { fakeId, inspection, json } from "../remediations/docker/fake-engine.ts";
import {
  type ChangingExecutor,
  imageId,
  listedImage,
  openChanges,
  startChangingExecutor,
} from "./changing.ts";

const mib = 1_048_576;
const raised = { container: fakeId, bytes: 256 * mib };
const limitError = (message: string) => ({
  code: "DW_EXECUTOR_LIMIT",
  maybeApplied: false,
  message: expect.stringContaining(message),
});
let one: ChangingExecutor;

afterEach(() => one.stop());

async function raise(effect: string, wanted = raised) {
  const { plan } = await one.changes.planUpdateMemory(wanted);
  return one.changes.updateMemory({ ...wanted, plan, mayAct: one.mayAct(effect) });
}

async function prune(effect: string) {
  const { plan } = await one.changes.planPruneImages();
  return one.changes.pruneImages({ plan, mayAct: one.mayAct(effect) });
}

describe("#18: an executor whose file allows neither", () => {
  it("offers none of the verbs", async () => {
    one = await startChangingExecutor({ images: undefined, memory: undefined });
    const { verbs } = await executorWelcome({ socket: one.executor.socket, deadlineMs: 9_000 });
    expect(verbs.filter((verb) => /prune|memory/.test(verb))).toEqual([]);
    const asked = one.changes.pruneImages({ plan: "0".repeat(64), mayAct: one.mayAct("e") });
    await expect(asked).rejects.toMatchObject(limitError("does not offer prune-images"));
  });
});

/** Both acts promise the same; each way to act and what then reaches the engine. */
describe.each([
  ["prune-images", prune, "/images/prune"],
  ["update-memory", raise, "/update"],
] as const)("#18: %s", (_verb, act, path) => {
  const reached = (): number => one.posts().filter((post) => post.includes(path)).length;

  it("acts once for one effect, also when the executor started again in between", async () => {
    one = await startChangingExecutor();
    const first = await act("e1");
    await one.executor.restarted();
    expect(await act("e1")).toEqual(first);
    expect(reached()).toBe(1);
  });

  it("stops at its own limit, which restarts of the executor and the clock do not lift", async () => {
    one = await startChangingExecutor();
    await act("e1");
    await act("e2");
    await one.executor.restarted();
    one.clocks.step(7 * 86_400_000);
    await expect(act("e3")).rejects.toMatchObject(limitError("is used up: 2 per 1d"));
    one.clocks.step(-7 * 86_400_000);
    expect(reached()).toBe(2);
  });

  it("does nothing under a permit that was good for too long or is over", async () => {
    one = await startChangingExecutor();
    const { clocks } = one;
    let asked = 0;
    const never = async () => {
      asked += 1;
      if (asked > 2) throw new Error("taken over");
      return { ...clocks.permit(asked === 1 ? 3_600_000 : -1), effect: "e" };
    };
    one = { ...one, mayAct: () => never };
    await expect(act("e")).rejects.toThrow("taken over");
    expect(reached()).toBe(0);
  });

  it("does not know of an act without an answer, and does not repeat it", async () => {
    one = await startChangingExecutor();
    one.fake.on(path, (request) => void request.socket.destroy());
    for (const _ of [1, 2]) {
      await expect(act("e1")).rejects.toMatchObject({ maybeApplied: true });
    }
    expect(reached()).toBe(1);
  });

  it("may be asked for again when the engine refused", async () => {
    one = await startChangingExecutor();
    one.fake.on(path, json({ message: "not now" }, 409));
    await expect(act("e1")).rejects.toBeInstanceOf(DockerError);
    expect(reached()).toBe(1);
    one.fake.on(path, json({ ImagesDeleted: null, SpaceReclaimed: 0 }));
    await act("e1");
    expect(reached()).toBe(2);
  });
});

describe("#18: a change", () => {
  it("does nothing on another plan than the one that it would make now", async () => {
    one = await startChangingExecutor();
    const { plan: images } = await one.changes.planPruneImages();
    const { plan: memory } = await one.changes.planUpdateMemory(raised);
    const wrong = "f".repeat(64);
    expect([images, memory]).not.toContain(wrong);
    const [prunes, updates] = [
      one.changes.pruneImages({ plan: wrong, mayAct: one.mayAct("e") }),
      one.changes.updateMemory({ ...raised, plan: wrong, mayAct: one.mayAct("e") }),
    ];
    await expect(prunes).rejects.toMatchObject(limitError("changed since the plan was made"));
    await expect(updates).rejects.toMatchObject(limitError("changed since the plan was made"));
    expect(one.posts()).toEqual([]);
  });

  it("has an act on the disk before the engine is asked, and none without it", async () => {
    one = await startChangingExecutor();
    const file = join(one.executor.folder, "state/prunes.jsonl");
    let recorded = "";
    one.fake.on("/images/prune", (_request, response) => {
      recorded = readFileSync(file, "utf8");
      response.end(JSON.stringify({ ImagesDeleted: null, SpaceReclaimed: 0 }));
    });
    await prune("e1");
    expect(recorded).toContain('{"begin":"e1","container":"images"');
  });

  it("that an executor died in has an end that nobody knows, and counts", async () => {
    one = await startChangingExecutor();
    const file = join(one.executor.folder, "state/prunes.jsonl");
    await prune("e1");
    const [begin] = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, `${begin}\n`);
    await one.executor.restarted();
    await expect(prune("e1")).rejects.toMatchObject({
      maybeApplied: true,
      message: expect.stringContaining("The executor ended while it changed the dangling images"),
    });
    await prune("e2");
    await expect(prune("e3")).rejects.toMatchObject(limitError("is used up"));
  });
});

describe("#18: prune-images", () => {
  it("removes what is older than the bound, by no label, and says how much that freed", async () => {
    one = await startChangingExecutor();
    const { images } = await one.changes.planPruneImages();
    expect(images.map(({ id }) => id)).toEqual([imageId("a")]);
    expect(one.posts()).toEqual([]);
    expect(await prune("e1")).toEqual({ removed: 2, freed_bytes: 777 });
    const [post = ""] = one.posts();
    const { dangling, until, ...more } = JSON.parse(post.split("filters=")[1] ?? "");
    expect([dangling, more]).toEqual([["true"], {}]);
    const newest = one.clocks.read().wallMs / 1000 - 30 * 86_400;
    expect(Number(until[0])).toBeLessThanOrEqual(newest + 1);
    const record = await readFile(join(one.executor.folder, "state/prunes.jsonl"), "utf8");
    expect(record).toContain('"result":{"removed":2,"freed_bytes":777}');
  });

  it.each([
    ["its id", imageId("a"), {}],
    ["its repository", "shop/base", { RepoDigests: [`shop/base@${imageId("1")}`] }],
    ["its label", "keep=true", { Labels: { keep: "true" } }],
  ])("removes nothing while an image is kept by %s", async (_by, entry, shown) => {
    const images = { builtBeforeMs: 1, acts: [], ...openChanges.images, keep: [entry] };
    one = await startChangingExecutor({ images });
    one.fake.on("/images/json", json([listedImage("a", 30, shown), listedImage("c", 40)]));
    await expect(one.changes.planPruneImages()).rejects.toMatchObject(limitError("give it a tag"));
    const asked = one.changes.pruneImages({ plan: "0".repeat(64), mayAct: one.mayAct("e") });
    await expect(asked).rejects.toMatchObject(limitError(imageId("a")));
    expect(one.posts()).toEqual([]);
  });

  it("leaves out images with a tag, although the engine lists them", async () => {
    one = await startChangingExecutor();
    one.fake.on("/images/json", json([listedImage("a", 30, { RepoTags: ["shop/api:1"] })]));
    expect((await one.changes.planPruneImages()).images).toEqual([]);
    expect(await prune("e1")).toEqual({ removed: 0, freed_bytes: 0 });
    expect(one.posts()).toEqual([]);
  });
});

describe("#18: update-memory", () => {
  it("raises the limit, and that of memory and swap with it", async () => {
    one = await startChangingExecutor();
    const bodies: string[] = [];
    one.fake.on("/update", (request, response) => {
      request.on("data", (chunk) => void bodies.push(String(chunk)));
      request.on("end", () => void response.end("{}"));
    });
    const plan = await one.changes.planUpdateMemory(raised);
    expect(plan).toMatchObject({ from_bytes: 128 * mib, in_use_bytes: 100 * mib });
    expect(await raise("e1")).toEqual({ from_bytes: 128 * mib, to_bytes: 256 * mib });
    expect(bodies.map((body) => JSON.parse(body))).toEqual([
      { Memory: 256 * mib, MemorySwap: 384 * mib },
    ]);
  });

  it.each([
    ["above the bound", 513, "not within update_memory"],
    ["below the bound", 63, "not within update_memory"],
    ["no higher than it is", 128, "none is taken away"],
    ["lower than it is", 100, "none is taken away"],
  ])("refuses a limit that is %s", async (_what, mibs, why) => {
    one = await startChangingExecutor();
    const wanted = { container: fakeId, bytes: mibs * mib };
    await expect(one.changes.planUpdateMemory(wanted)).rejects.toMatchObject(limitError(why));
    const asked = { ...wanted, plan: "0".repeat(64), mayAct: one.mayAct("e") };
    await expect(one.changes.updateMemory(asked)).rejects.toMatchObject(limitError(why));
    expect(one.posts()).toEqual([]);
  });

  it("refuses a container without a limit, one that uses more, and one that is not running", async () => {
    one = await startChangingExecutor();
    const refused = (why: string) =>
      expect(one.changes.planUpdateMemory(raised)).rejects.toMatchObject(limitError(why));
    one.limitIs(0);
    await refused("has no memory limit");
    one.limitIs(128 * mib);
    one.fake.on("/stats", json({ memory_stats: { usage: 300 * mib } }));
    await refused("which is more");
    one.limitIs(128 * mib, { State: { Status: "exited", StartedAt: "2026-03-01T12:00:00Z" } });
    await refused("is stopped");
  });

  it("refuses a database, and a container that the file allows to restart only", async () => {
    one = await startChangingExecutor();
    one.fake.on(
      `/${fakeId}/json`,
      json(inspection({ Config: { Image: "postgres:16", Labels: { app: "my-service" } } })),
    );
    const asked = one.changes.planUpdateMemory(raised);
    await expect(asked).rejects.toMatchObject(limitError("postgres:16"));
    await one.stop();
    const restartOnly = [{ labels: ["app=my-service"], verbs: ["restart"], allowStateful: true }];
    one = await startChangingExecutor({ allow: restartOnly });
    const other = one.changes.planUpdateMemory(raised);
    await expect(other).rejects.toMatchObject(limitError("not among the containers"));
    expect(one.posts()).toEqual([]);
  });

  it("that took effect without an answer is seen at the container", async () => {
    one = await startChangingExecutor();
    one.fake.on("/update", (request) => {
      one.limitIs(256 * mib);
      request.socket.destroy();
    });
    expect(await raise("e1")).toEqual({ from_bytes: 128 * mib, to_bytes: 256 * mib });
  });
});
