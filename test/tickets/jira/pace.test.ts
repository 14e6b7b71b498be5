/** How requests are kept below the rate that Jira names. */
import { describe, expect, it } from "vitest";
import { JiraPace } from "../../../src/tickets/jira/pace.ts";
import { fakeClock } from "../../fakes/clock.ts";

const bucket = (remaining: number, changes: Readonly<Record<string, string>> = {}) => ({
  "x-ratelimit-limit": "100",
  "x-ratelimit-remaining": String(remaining),
  "x-ratelimit-fillrate": "10",
  "x-ratelimit-interval-seconds": "1",
  ...changes,
});

function pacing() {
  const clock = fakeClock();
  const pace = new JiraPace(clock);
  const startMs = clock.now();
  const sentAtMs: number[] = [];
  /** So many requests at once; those that may go have gone when it returns. */
  const send = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1)
      void pace.turn().then(() => sentAtMs.push(clock.now() - startMs));
    await new Promise(setImmediate);
  };
  const answer = async (headers: Readonly<Record<string, string>>): Promise<void> =>
    (await pace.turn())(headers);
  return { clock, pace, sentAtMs, send, answer };
}

describe("the pace of requests", () => {
  it("is free as long as Jira names no rate", async () => {
    const { pace, sentAtMs, send, answer } = pacing();
    await answer({ "retry-after": "1" });
    await send(500);
    expect([sentAtMs.length, pace.hasRoom]).toEqual([500, true]);
  });

  it("uses what is left in the bucket of Data Center, but for two, and then goes as fast as it fills", async () => {
    const { clock, sentAtMs, send, answer } = pacing();
    await answer(bucket(6));
    await send(8);
    expect(sentAtMs).toHaveLength(4);
    for (let n = 0; n < 4; n += 1) await clock.advance(100);
    expect(sentAtMs).toEqual([0, 0, 0, 0, 100, 200, 300, 400]);
  });

  it("counts what another process of the same account has used", async () => {
    const { clock, sentAtMs, send, answer } = pacing();
    await answer(bucket(90));
    await answer(bucket(2));
    await send(1);
    expect(sentAtMs).toEqual([]);
    await clock.advance(100);
    expect(sentAtMs).toEqual([100]);
  });

  it("has no room for what may wait below seven tenths of the bucket, and has it again when it fills", async () => {
    const { clock, pace, answer } = pacing();
    await answer(bucket(69));
    expect(pace.hasRoom).toBe(false);
    await clock.advance(100);
    expect(pace.hasRoom).toBe(true);
  });

  it("pauses for the second that Cloud counts when it says that the limit is near", async () => {
    const { clock, pace, sentAtMs, send, answer } = pacing();
    await answer({ "x-ratelimit-nearlimit": "true" });
    await send(2);
    expect([sentAtMs, pace.hasRoom]).toEqual([[], false]);
    await clock.advance(1000);
    expect([sentAtMs, pace.hasRoom]).toEqual([[1000, 1000], true]);
  });

  it("waits ten seconds at most, however small the rate is", async () => {
    const { clock, sentAtMs, send, answer } = pacing();
    await answer(
      bucket(0, { "x-ratelimit-fillrate": "1", "x-ratelimit-interval-seconds": "86400" }),
    );
    await send(1);
    await clock.advance(9999);
    expect(sentAtMs).toEqual([]);
    await clock.advance(1);
    expect(sentAtMs).toEqual([10_000]);
  });

  it.each([
    bucket(0, { "x-ratelimit-fillrate": "0" }),
    bucket(0, { "x-ratelimit-limit": "-1" }),
    bucket(0, { "x-ratelimit-interval-seconds": "soon" }),
    { "x-ratelimit-remaining": "0" },
  ])("does not read %j as a rate", async (headers) => {
    const { sentAtMs, send, answer } = pacing();
    await answer(headers);
    await send(1);
    expect(sentAtMs).toEqual([0]);
  });
});
