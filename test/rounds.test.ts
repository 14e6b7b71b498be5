import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { watchedReader, watchedSink } from "../src/app/watched.ts";
import { Rounds } from "../src/rounds.ts";
import { LeasedPoller } from "../src/source/leased-poller.ts";
import { sourceMetrics } from "../src/source/metrics.ts";
import { silent } from "./programs/store.ts";

const never = new Promise<never>(() => undefined);

/** Rounds on a clock that the test moves. */
function atHand(): { readonly rounds: Rounds; readonly pass: (ms: number) => void } {
  let nowMs = 0;
  return { rounds: new Rounds(() => nowMs), pass: (ms) => void (nowMs += ms) };
}

describe("a round of a loop", () => {
  it("is overdue once it has not moved for longer than the limit", () => {
    const { rounds, pass } = atHand();
    void rounds.of("source main").run(() => never);
    pass(1000);
    expect(rounds.overdue(1000)).toBeUndefined();
    pass(1);
    expect(rounds.overdue(1000)).toEqual({ loop: "source main", forMs: 1001 });
  });

  it("is not overdue after it has ended, well or with an error", async () => {
    const { rounds, pass } = atHand();
    const round = rounds.of("source main");
    await round.run(async () => 1);
    await expect(round.run(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
    pass(10_000);
    expect(rounds.overdue(1000)).toBeUndefined();
  });

  it("of another loop that goes on does not hide the one that hangs", async () => {
    const { rounds, pass } = atHand();
    void rounds.of("source main").run(() => never);
    pass(2000);
    await rounds.of("effects of tracker").run(async () => 1);
    rounds.of("effects of tracker").moved();
    expect(rounds.overdue(1000)?.loop).toBe("source main");
  });

  it("is not overdue before the deadline that its own calls have", () => {
    const { rounds, pass } = atHand();
    void rounds.of("source main", 20_000).run(() => never);
    pass(20_000);
    expect(rounds.overdue(1000)).toBeUndefined();
    pass(1);
    expect(rounds.overdue(1000)).toEqual({ loop: "source main", forMs: 20_001 });
  });

  it("with a long deadline of its own does not hide a loop without one", () => {
    const { rounds, pass } = atHand();
    void rounds.of("source main", 20_000).run(() => never);
    pass(1);
    void rounds.of("effects of tracker").run(() => never);
    pass(1001);
    expect(rounds.overdue(1000)?.loop).toBe("effects of tracker");
  });

  it("starts its time anew when all wait for what is known to be unavailable", () => {
    const { rounds, pass } = atHand();
    void rounds.of("source main").run(() => never);
    pass(2000);
    rounds.restart();
    pass(500);
    expect(rounds.overdue(1000)).toBeUndefined();
  });
});

describe("the watchdog sees", () => {
  it("a request for the lease of a source that never comes back", () => {
    const { rounds, pass } = atHand();
    const poller = new LeasedPoller({
      source: "main",
      lease: { ttlMs: 1, take: () => never, release: async () => undefined },
      startPoller: () => {
        throw new Error("not reached");
      },
      logger: silent,
      metrics: sourceMetrics(new Registry(), () => []),
      round: rounds.of("lease of source main"),
    });
    pass(2000);
    expect(poller.health().ok).toBe(false);
    expect(rounds.overdue(1000)?.loop).toBe("lease of source main");
  });

  it("a batch that detection never finishes, and the claim of a partition", () => {
    const { rounds, pass } = atHand();
    const reader = watchedReader(
      { assigned: async () => 0, received: () => never, revoked: () => undefined },
      rounds,
    );
    void reader.received(3, []);
    pass(2000);
    expect(rounds.overdue(1000)?.loop).toBe("detection of partition 3");
    const claiming = watchedReader({ ...reader, assigned: () => never }, rounds);
    pass(-5000);
    void claiming.assigned(4);
    pass(5000);
    expect(rounds.overdue(1000)?.loop).toBe("detection of partition 4");
  });

  it("that a long poll moves with each page that the stream has taken", async () => {
    const { rounds, pass } = atHand();
    const round = rounds.of("source main");
    void round.run(() => never);
    pass(2000);
    const sink = watchedSink({ append: async () => 7 }, round);
    expect(await sink.append([])).toBe(7);
    expect(rounds.overdue(1000)).toBeUndefined();
  });
});
