import { describe, expect, it } from "vitest";
import { storyClock } from "../../src/sandbox/story/clock.ts";
import { DemoRun, warmUpSteps } from "../../src/sandbox/story/demo-run.ts";
import { type StoryRow, storyRows } from "../../src/sandbox/story/rows.ts";
import { passed, type Scorecard, scorecard } from "../../src/sandbox/story/scorecard.ts";
import { cadenceMs, historySteps, storySteps } from "../../src/sandbox/story/script.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { StoryPipeline } from "../fakes/story-pipeline.ts";
import { asPromised } from "./promised-scorecard.ts";

const seeds = Array.from({ length: 20 }, (_, place) => place + 1);
const startMs = Date.UTC(2026, 2, 2, 12);

interface Told {
  readonly run: DemoRun;
  readonly pipeline: StoryPipeline;
  readonly real: FakeClock;
  readonly stopping: AbortController;
  readonly written: (readonly StoryRow[])[];
  readonly said: string[];
  readonly card: () => Scorecard;
}

function story(seed: number, lateMs = 0): Told {
  const real = fakeClock(startMs);
  const clock = storyClock(real);
  const originMs = clock.now() + warmUpSteps * cadenceMs;
  const rows = storyRows(seed, originMs);
  const pipeline = new StoryPipeline({ clock, real, lateMs });
  const past = Array.from({ length: historySteps - warmUpSteps }, (_, n) =>
    rows.at(n - historySteps),
  );
  pipeline.learn(past.flat());
  const written: (readonly StoryRow[])[] = [];
  const said: string[] = [];
  const stopping = new AbortController();
  const run = new DemoRun({
    clock,
    real,
    originMs,
    rows,
    restarted: () => pipeline.restarts,
    insert: async (some) => {
      written.push(some);
      await pipeline.insert(some);
    },
    pipeline,
    people: pipeline,
    narrator: { scene: () => undefined, catchUp: () => undefined },
    say: (line) => said.push(line),
    stop: stopping.signal,
  });
  const card = (): Scorecard =>
    scorecard(pipeline.tickets, { originMs, restarted: pipeline.restarts, mostDown: 1 });
  return { run, pipeline, real, stopping, written, said, card };
}

/** Lets the machine's time pass until the promise settles. */
async function passing<T>(real: FakeClock, work: Promise<T>, stepMs = 1000): Promise<T> {
  const over = new AbortController();
  const settled = work.finally(() => over.abort());
  settled.catch(() => undefined);
  while (!over.signal.aborted) await real.advance(stepMs);
  return settled;
}

const hurried = { showMs: 0, timeoutMs: 86_400_000 };

async function told(seed: number, lateMs = 0): Promise<Told> {
  const begun = story(seed, lateMs);
  await passing(begun.real, begun.run.tell(hurried));
  return begun;
}

const decided = ({ pipeline }: Told): readonly string[] =>
  pipeline.events.map(({ type, model }) => `${type} ${model}`);

describe("the demo's story", () => {
  it.each(seeds)(
    "with seed %i has every fault found and blamed, three runs told, and nothing else",
    async (seed) => {
      const { pipeline, card } = await told(seed);
      expect(card()).toMatchObject({
        detected: 5,
        missed: 0,
        false_tickets: 0,
        harmless_silent: 2,
        runs: 3,
        restarts: 5,
        down_at_once: 1,
        outcomes_told: 3,
        refused: 3,
        asked: 8,
        answered: 8,
        reopened: 1,
      });
      expect(passed(card())).toBe(true);
      const closed = pipeline.events.filter((event) => event.type === "episode_closed");
      expect(closed.map((event) => event.cause).toSorted()).toEqual([
        "marker",
        ...Array.from({ length: 6 }, () => "recovered"),
      ]);
    },
  );

  it.each([1, 2, 3, 4, 5])("with seed %i ends the same when the pipeline is late", async (seed) => {
    const [prompt, late] = [await told(seed), await told(seed, 50_000)];
    expect(late.card()).toEqual(prompt.card());
    expect(decided(late)).toEqual(decided(prompt));
    const steps = warmUpSteps + storySteps + 1;
    expect(late.written).toHaveLength(steps);
    expect(late.real.now() - startMs).toBeGreaterThan(2 * steps * 50_000);
    expect(prompt.real.now() - startMs).toBeLessThan(2 * steps * 50_000);
    expect(late.said).toContain("The story waits: it is slow.");
  });

  it("says what it waits for when the pipeline stands still", async () => {
    const { run, real, written } = story(1, Number.POSITIVE_INFINITY);
    const telling = run.tell({ showMs: 0, timeoutMs: 60_000 });
    await expect(passing(real, telling)).rejects.toMatchObject({
      code: "DW_SANDBOX_STORY_STALLED",
      message: "the story waited for too long: it is slow",
    });
    expect(real.now() - startMs).toBeLessThan(70_000);
    expect(written).toEqual([]);
  });

  it("shows every step for as long as it is asked to", async () => {
    const { run, real } = story(1);
    await passing(real, run.tell({ ...hurried, showMs: 500 }), 100);
    const elapsedMs = real.now() - startMs;
    expect(elapsedMs).toBeGreaterThanOrEqual((warmUpSteps + storySteps + 1) * 500);
    expect(elapsedMs).toBeLessThan((warmUpSteps + storySteps + 1) * 800);
  });

  it("ends early when it is stopped", async () => {
    const { run, real, stopping, written } = story(1, 50_000);
    const telling = run.tell(hurried);
    for (let n = 0; n < 500; n += 1) await real.advance(1000);
    stopping.abort();
    await passing(real, telling);
    expect(written.length).toBeGreaterThan(0);
    expect(written.length).toBeLessThan(warmUpSteps);
  });
});

describe("after the story", () => {
  it.each([1, 2, 3])(
    "with seed %i rows go on at cadence, and nothing opens by itself",
    async (seed) => {
      const { run, pipeline, real, stopping, written } = await told(seed);
      const [before, opened] = [written.length, pipeline.tickets.length];
      const beganMs = real.now();
      const goingOn = run.goOn(10_000);
      while (written.length < before + 300) await real.advance(1000);
      stopping.abort();
      await passing(real, goingOn);
      const steps = written.length - before;
      expect((real.now() - beganMs) / steps).toBeGreaterThan(9_500);
      expect((real.now() - beganMs) / steps).toBeLessThan(12_000);
      const times = written.slice(before).map((rows) => rows[0]?.atMs ?? 0);
      const gaps = times.slice(1).map((atMs, n) => atMs - (times[n] ?? 0));
      for (const gap of gaps) expect(Math.abs(gap - cadenceMs)).toBeLessThan(10_000);
      expect(pipeline.tickets).toHaveLength(opened);
    },
  );
});

const runs = (...restarted: string[]): number =>
  scorecard([], { originMs: startMs, restarted, mostDown: 1 }).runs;

describe("the scorecard", () => {
  it.each([
    ["without a restart", { runs: 2 }],
    ["with one more restart", { restarts: 6 }],
    ["with two replicas down at the same time", { down_at_once: 2 }],
    ["with a restart whose outcome nobody was told", { outcomes_told: 2 }],
    ["with an outcome told twice", { outcomes_told: 4 }],
    ["with a refusal that does not stand on its ticket", { refused: 2 }],
    ["with a person who was not answered", { answered: 7 }],
    ["with a ticket that stayed closed", { reopened: 0 }],
    ["with a fault missed", { missed: 1 }],
    ["with a false ticket", { false_tickets: 1 }],
    ["with a ticket about a harmless change", { harmless_silent: 1 }],
  ])("is not as promised %s", (_, changed) => {
    expect(passed(asPromised)).toBe(true);
    expect(passed({ ...asPromised, ...changed })).toBe(false);
  });

  it("counts an outcome on the ticket of the restarted model only", () => {
    const ticket = {
      summary: "fraud-v3: refund_flag",
      atMs: startMs,
      description: "",
      comments: ["did not help"],
      reopened: 1,
    };
    const counted = { originMs: startMs, restarted: ["feature-store-1"], mostDown: 1 };
    expect(scorecard([ticket], counted).outcomes_told).toBe(0);
    const restarted = { ...ticket, summary: "churn-v7: credit_score" };
    expect(scorecard([ticket, restarted], counted).outcomes_told).toBe(1);
  });

  it("counts a run only when its containers were restarted one after the other, in their order", () => {
    expect(runs("feature-store-1", "eta-1", "eta-2", "eta-3", "feature-store-1")).toBe(3);
    expect(runs("feature-store-1", "eta-2", "eta-1", "eta-3")).toBe(1);
  });

  it("counts a ticket for each model of the silent source as false, beyond the first", () => {
    const silent = ["eu", "jp"].map((region) => ({
      summary: `source pricing: pricing-${region} is silent`,
      atMs: startMs + 13 * cadenceMs,
      description: "",
      comments: [],
      reopened: 0,
    }));
    const card = scorecard(silent, { originMs: startMs, restarted: [], mostDown: 0 });
    expect(card).toMatchObject({ detected: 1, false_tickets: 1 });
  });
});
