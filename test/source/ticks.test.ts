import { Registry } from "prom-client";
import { expect, describe as group, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { Delivery } from "../../src/source/delivery.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import type { PollMark } from "../../src/source/progress.ts";
import type { UnreadTime } from "../../src/source/reader-deps.ts";
import { Ticks, type TickView } from "../../src/source/ticks.ts";
import { keptLog, MemorySink, sourceOptions } from "../programs/source.ts";

interface State {
  readonly marks: readonly PollMark[];
  readonly watermark?: number;
  readonly newest?: number;
}

const second = 1_000_000;
const none: State = { marks: [] };

/** A poller's ticks, poll by poll, on a clock that a test sets. */
class Polls {
  readonly sink = new MemorySink();
  readonly unread: UnreadTime[] = [];
  readonly #log = keptLog();
  readonly #delivery: Delivery;
  readonly #ticks: Ticks;
  #clock = 0;
  state: State;

  constructor(state: State = none, pollIntervalMs = 1_000) {
    this.state = state;
    const options = sourceOptions("postgres://nowhere", { pollIntervalMs });
    const metrics = sourceMetrics(new Registry(), () => []);
    const signal = new AbortController().signal;
    const { logger } = this.#log;
    const { sink } = this;
    this.#delivery = new Delivery({ options, sink, logger, metrics, signal, onLate: () => {} });
    const clock: Clock = {
      now: () => this.#clock / 1000,
      at: (realMs) => realMs,
      sleep: async () => {},
    };
    this.#ticks = new Ticks({
      options,
      delivery: this.#delivery,
      clock,
      logger,
      metrics,
      onGap: (time) => void this.unread.push(time),
    });
  }

  /** One poll at this second, which takes `took` seconds and finds rows of these times. */
  async poll(
    at: number,
    { took = 0, rows = [], ...seen }: Partial<Seen & { took: number; rows: number[] }> = {},
  ): Promise<this> {
    const clock = at * second;
    this.#ticks.begin(this.state, clock);
    const found = rows.map((ts, tid) => ({
      model: "m",
      row: { ts: ts * second, feature: "f", importance: 1, tid },
    }));
    await this.#delivery.rows(found, (model, part) => ({
      kind: "rows",
      model,
      source: "main",
      level: 0,
      window: at,
      rows: part,
    }));
    this.#clock = (at + took) * second;
    this.state = await this.#ticks.send(this.state, viewOf(at, seen), clock);
    return this;
  }

  get gaps(): readonly (number | undefined)[] {
    return this.sink.ticks.map(({ gap = Number.NaN }) => gap / second);
  }

  /** What was logged, without its figures. */
  get said(): readonly string[] {
    return this.#log.lines.map((line) => {
      const { msg, hint } = JSON.parse(line);
      return hint === undefined ? msg : `${msg}: ${hint}`;
    });
  }
}

interface Seen {
  readonly xmin: number;
  readonly running: readonly number[];
  readonly inRecovery: boolean;
}

const viewOf = (
  at: number,
  { xmin = at, running = [], inRecovery = false }: Partial<Seen>,
): TickView => ({
  xmin: String(xmin),
  ceiling: String(Math.max(at, ...running.map((id) => id + 1))),
  running: running.map((id) => ({ shown: String(id), id: BigInt(id) })),
  inRecovery,
});

group("the gap of a tick", () => {
  it("is 0 while one poll follows the other", async () => {
    const polls = new Polls();
    for (let at = 1; at <= 5; at += 1) await polls.poll(at);
    expect(polls.gaps).toEqual([0, 0, 0, 0]);
  });

  it("is the time since the last successful poll after an outage, told before the watermark jumps (FR-S2)", async () => {
    const polls = new Polls();
    for (const at of [1, 2, 42, 43]) await polls.poll(at);
    expect(polls.gaps).toEqual([0, 40, 0]);
    expect(polls.unread).toEqual([{ fromMs: 2_000, untilMs: 42_000 }]);
    expect(polls.sink.ticks.map(({ watermark }) => watermark / second)).toEqual([1, 2, 42]);
  });

  it("counts from what is stored after a restart and for another holder (FR-S2)", async () => {
    const before = await (await new Polls().poll(1)).poll(2);
    const next = await new Polls(before.state).poll(7_202);
    expect(next.gaps).toEqual([7_200]);
  });

  it("counts from the watermark when a failover has taken the marks (FR-S2)", async () => {
    const before = await (await new Polls().poll(1)).poll(2);
    const polls = new Polls({ ...before.state, marks: [] });
    expect((await polls.poll(31)).gaps).toEqual([30]);
  });

  it("is none when the poll before took so long: it asked all the while", async () => {
    const polls = new Polls();
    for (const at of [1, 12, 23]) await polls.poll(at, { took: 10 });
    expect(polls.gaps).toEqual([0, 0]);
  });

  it("is one when the process slept through its poll (FR-S2)", async () => {
    const polls = await (await new Polls().poll(1)).poll(2, { took: 3_600 });
    expect((await polls.poll(3_603)).gaps).toEqual([0, 3_601]);
  });
});

async function watermarks(seen: Partial<Seen>): Promise<readonly number[]> {
  const polls = new Polls(none, 60_000);
  for (const at of [60, 120, 180]) await polls.poll(at, seen);
  return polls.sink.ticks.map(({ watermark }) => watermark / second);
}

group("the watermark of a tick, where polls are rare", () => {
  it("is 10 s before the poll when no transaction runs", async () => {
    expect(await watermarks({})).toEqual([110, 170]);
  });

  it("is the poll before when a transaction runs that began after it", async () => {
    const polls = new Polls(none, 60_000);
    await polls.poll(60);
    await polls.poll(120, { xmin: 100, running: [100] });
    expect(polls.sink.ticks.map(({ watermark }) => watermark / second)).toEqual([60]);
  });

  it("is the poll before on a standby, which does not show what runs", async () => {
    expect(await watermarks({ inRecovery: true })).toEqual([60, 120]);
  });

  it("jumps over an outage one poll after it is told, however long polls are apart (FR-S2)", async () => {
    const polls = new Polls(none, 60_000);
    for (const at of [60, 120, 1000, 1060]) await polls.poll(at);
    expect(polls.gaps).toEqual([0, 880, 0]);
    expect(polls.sink.ticks.map(({ watermark }) => watermark / second)).toEqual([110, 120, 1050]);
  });
});

group("the watermark of a tick, after an outage too short to be a gap", () => {
  it("jumps over it one poll later, so that writers can come back before a model is called silent", async () => {
    const polls = new Polls(none, 60_000);
    for (const at of [60, 120, 290, 350]) await polls.poll(at);
    expect(polls.gaps).toEqual([0, 0, 0]);
    expect(polls.sink.ticks.map(({ watermark }) => watermark / second)).toEqual([110, 120, 340]);
  });

  it("is 10 s before the poll when the one before took long, since nothing failed between them", async () => {
    const polls = new Polls(none, 60_000);
    for (const at of [60, 160, 260]) await polls.poll(at, { took: 40 });
    expect(polls.sink.ticks.map(({ watermark }) => watermark / second)).toEqual([150, 250]);
  });
});

group("the newest row time of a tick", () => {
  it("is unknown before the first row, then the newest that was delivered", async () => {
    const polls = await (await new Polls().poll(1)).poll(2);
    await (await polls.poll(3, { rows: [3, 1] })).poll(4, { rows: [2] });
    expect(polls.sink.ticks.map(({ newest }) => newest)).toEqual([
      undefined,
      3 * second,
      3 * second,
    ]);
  });

  it("does not run ahead with a row from the future, nor with the clock after it", async () => {
    const polls = await (await new Polls().poll(1)).poll(2, { rows: [9_999] });
    await polls.poll(3);
    expect(polls.sink.ticks.map(({ newest }) => newest)).toEqual([2 * second, 2 * second]);
  });
});

group("a watermark that stays behind", () => {
  it("after our own pause is caught up with, said once at each end, and blames nobody (FR-S5)", async () => {
    const polls = await (await new Polls().poll(1)).poll(2);
    for (const at of [7_200, 7_201, 7_202]) await polls.poll(at);
    expect(polls.said).toEqual(["catching up since the last poll", "caught up"]);
  });

  it("is put down to a transaction only when the server shows one that old (FR-S5)", async () => {
    const polls = await new Polls().poll(1);
    for (let at = 2; at <= 70; at += 1) await polls.poll(at, { xmin: 2, running: [2] });
    for (const at of [71, 72]) await polls.poll(at);
    expect(polls.said).toEqual([
      expect.stringMatching(/^watermark held back: A long transaction .* backend_xid is 2,/),
      "watermark moves again",
    ]);
  });

  it("without such a transaction says that none is listed (FR-S5)", async () => {
    const polls = await new Polls().poll(1);
    for (let at = 3; at <= 70; at += 1) await polls.poll(at, { xmin: 2, running: [at + 100] });
    expect(polls.said).toEqual([expect.stringMatching(/^watermark held back: .* do not list/)]);
  });

  it("behind a transaction that began during our pause is not blamed on it before its time (FR-S5)", async () => {
    const polls = await (await new Polls().poll(1)).poll(2);
    for (let at = 7_200; at < 7_255; at += 1) await polls.poll(at, { xmin: 50, running: [50] });
    expect(polls.said).toEqual(["catching up since the last poll"]);
    for (let at = 7_255; at < 7_265; at += 1) await polls.poll(at, { xmin: 50, running: [50] });
    expect(polls.said[1]).toMatch(/^watermark held back: A long transaction/);
  });
});
