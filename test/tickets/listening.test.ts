/** When the door of tickets looks: regularly, and at hints. */
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { TrackerError } from "../../src/tickets/errors.ts";
import { listenToTickets } from "../../src/tickets/listening.ts";
import { fakeClock } from "../fakes/clock.ts";

function listening({ mayLook = true, fails = false, takesMs = 0 } = {}) {
  const machine = fakeClock();
  let setBackMs = 0;
  const clock = { ...machine, now: () => machine.now() - setBackMs };
  const start = machine.now();
  const looks: [string, number][] = [];
  const reasons: (string | undefined)[] = [];
  const ill = { fails };
  const hints = new Set<string>();
  const listeners: ((ticket: string) => void)[] = [];
  const noted = (what: string): void => void looks.push([what, (machine.now() - start) / 1000]);
  const stopping = new AbortController();
  const working = listenToTickets(
    {
      door: {
        look: async () => {
          noted("all");
          if (takesMs > 0) await clock.sleep(takesMs, stopping.signal);
          if (!ill.fails) return;
          const options = { hint: "", retryable: true, retryAfterMs: 60_000 };
          throw new TrackerError("DW_TRACKER_RATE_LIMITED", "slower", options);
        },
        lookAtHints: async () => {
          noted([...hints].join(" "));
          hints.clear();
        },
        hint: (ticket) => void hints.add(ticket),
        forgetHints: () => hints.clear(),
        get hasHints() {
          return hints.size > 0;
        },
      },
      mayLook: async () => mayLook,
      onHint: (heard) => {
        listeners.push(heard);
        return () => undefined;
      },
      answer: async () => undefined,
      onAnswers: () => () => undefined,
      onLook: (reason) => void reasons.push(reason),
      clock,
      logger: pino({ level: "silent" }),
    },
    stopping.signal,
  );
  return {
    looks,
    reasons,
    ill,
    hints,
    hint: (ticket: string) => {
      for (const heard of listeners) heard(ticket);
    },
    setBack: (ms: number): void => {
      setBackMs += ms;
    },
    pass: async (seconds: number) => {
      for (let n = 0; n < seconds; n += 1) {
        await new Promise(setImmediate);
        await clock.advance(1000);
        await new Promise(setImmediate);
      }
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await working;
    },
  };
}

describe("reading tickets", () => {
  it("is every ten seconds, and a second after a hint, once for all that come together", async () => {
    await using place = listening();
    await place.pass(2);
    for (const ticket of ["1", "2", "1"]) place.hint(ticket);
    await place.pass(20);
    expect(place.looks).toEqual([
      ["all", 0],
      ["1 2", 3],
      ["all", 10],
      ["all", 20],
    ]);
  });

  it("says why it failed, for as long as looks fail", async () => {
    await using listener = listening({ fails: true });
    await listener.pass(70);
    expect(listener.reasons).toEqual(Array(2).fill("comments are not read: slower"));
    listener.ill.fails = false;
    await listener.pass(60);
    expect(listener.reasons.at(-1)).toBeUndefined();
  });

  it("waits as long as the tracker asks, whatever is hinted", async () => {
    await using place = listening({ fails: true });
    await place.pass(1);
    place.hint("1");
    await place.pass(61);
    expect(place.looks.map(([what]) => what)).toEqual(["all", "all"]);
  });

  it("waits as long as the tracker asks from when it asked, however long the look took", async () => {
    await using place = listening({ fails: true, takesMs: 30_000 });
    await place.pass(125);
    expect(place.looks).toEqual([
      ["all", 0],
      ["all", 90],
    ]);
  });

  it("leaves a pause between two looks that take longer than the pause, in which hints are read", async () => {
    await using place = listening({ takesMs: 15_000 });
    await place.pass(2);
    place.hint("1");
    await place.pass(31);
    expect(place.looks).toEqual([
      ["all", 0],
      ["1", 16],
      ["all", 17],
    ]);
  });

  it.each([
    ["between two looks", {}, 5],
    ["in a look", { takesMs: 4000 }, 12],
    ["while the tracker asks us to wait", { fails: true }, 5],
  ])("goes on when the clock was set back by an hour %s", async (_when, options, after) => {
    await using place = listening(options);
    await place.pass(after);
    const before = place.looks.length;
    place.setBack(3_600_000);
    await place.pass(65);
    expect(place.looks.length).toBeGreaterThan(before);
  });

  it("is left to the process that reads, and its hints too", async () => {
    await using place = listening({ mayLook: false });
    await place.pass(1);
    place.hint("1");
    await place.pass(3);
    expect([place.looks, place.hints.size]).toEqual([[], 0]);
  });
});
