import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ActLog } from "../../src/executor/act-log.ts";
import { type FakeClocks, fakeClocks } from "../fakes/permit.ts";

let folder: string;
let clocks: FakeClocks;
const opened: ActLog[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "driftwarden-acts-"));
  clocks = fakeClocks();
});

afterEach(async () => {
  for (const log of opened.splice(0)) await log.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(boot = "this boot"): Promise<ActLog> {
  const log = await ActLog.open({ folder, keepMs: 86_400_000, clocks: clocks.read, boot });
  opened.push(log);
  return log;
}

const act = (effect: string) => ({
  effect,
  container: "c".repeat(64),
  name: "svc-1",
  startedAt: "2026-03-01T12:00:00Z",
  graceSeconds: 10,
});

const agesIn = (log: ActLog): readonly number[] => log.aged().map(({ ageMs }) => ageMs);

describe("the record of acts", () => {
  it("has an act on the disk before it is done, and its end afterwards", async () => {
    const log = await open();
    await log.begin(act("e1"));
    const next = await open();
    expect(next.find("e1", act("").container)?.status).toBe("open");
    await next.end(act("e1"), "done", "svc-1 was restarted.");
    expect((await open()).find("e1", act("").container)).toMatchObject({
      status: "done",
      detail: "svc-1 was restarted.",
      name: "svc-1",
      graceSeconds: 10,
    });
  });

  it("counts an act from the turn in which it begins", async () => {
    const log = await open();
    const begun = log.begin(act("e1"));
    expect(agesIn(log)).toEqual([0]);
    await begun;
  });

  it("forgets an act that certainly did not happen", async () => {
    const log = await open();
    await log.begin(act("e1"));
    await log.end(act("e1"), "undone", "the permit has expired");
    expect(agesIn(log)).toEqual([]);
    expect(agesIn(await open())).toEqual([]);
  });

  it("keeps its file short however many acts did not happen", async () => {
    const log = await open();
    await log.begin(act("kept"));
    await log.end(act("kept"), "done", "");
    for (let n = 0; n < 1_000; n += 1) {
      await log.begin(act(`e${n}`));
      await log.end(act(`e${n}`), "undone", "the permit has expired");
    }
    const lines = (await readFile(join(folder, "acts.jsonl"), "utf8")).split("\n");
    expect(lines.length).toBeLessThan(1_200);
    expect((await open()).aged().map(({ effect }) => effect)).toEqual(["kept"]);
  });

  it.each([86_400_000, -86_400_000])(
    "measures an age on the monotonic clock when the wall clock is set by %d ms",
    async (ms) => {
      const log = await open();
      await log.begin(act("e1"));
      clocks.pass(60_000);
      clocks.step(ms);
      expect(agesIn(log)).toEqual([60_000]);
      expect(agesIn(await open())).toEqual([60_000]);
    },
  );

  it("measures an age on the wall clock after a boot, and takes an act from the future for new", async () => {
    const log = await open();
    await log.begin(act("e1"));
    clocks.pass(60_000);
    expect(agesIn(await open("the next boot"))).toEqual([60_000]);
    clocks.step(-3_600_000);
    expect(agesIn(await open("one more boot"))).toEqual([0]);
  });

  it("forgets what is older than it has to keep, and never an act without an end", async () => {
    const log = await open();
    await log.begin(act("open"));
    await log.begin(act("over"));
    await log.end(act("over"), "done", "");
    clocks.pass(86_400_001);
    const found = (await open()).aged().map(({ effect }) => effect);
    expect(found).toEqual(["open"]);
  });

  it("drops a last line that a crash cut off", async () => {
    await (await open()).begin(act("e1"));
    await appendFile(join(folder, "acts.jsonl"), '{"begin":"e2","conta');
    const log = await open();
    expect(log.aged().map(({ effect }) => effect)).toEqual(["e1"]);
    await log.begin(act("e3"));
    expect((await open()).aged()).toHaveLength(2);
  });

  it("does not start on a line that it cannot read, since that could hide acts", async () => {
    await (await open()).begin(act("e1"));
    await appendFile(join(folder, "acts.jsonl"), '{"begin":7}\n');
    await expect(open()).rejects.toMatchObject({ code: "DW_EXECUTOR_STATE" });
  });

  it("begins nothing that it cannot write down, and nothing afterwards", async () => {
    const log = await open();
    await log.close();
    opened.splice(0);
    await expect(log.begin(act("e1"))).rejects.toThrow("file closed");
    await expect(log.begin(act("e2"))).rejects.toThrow("file closed");
    expect(agesIn(log)).toEqual([]);
    expect(await readFile(join(folder, "acts.jsonl"), "utf8")).toBe("");
  });
});
