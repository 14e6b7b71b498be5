/** `driftwarden report --month` on a real store: what happened now, a month before it, and stores that know less. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { runProgram } from "../../src/cli/program.ts";
import { registerReport } from "../../src/cli/report.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import type { Measure } from "../../src/operator/month-facts.ts";
import { monthSums } from "../../src/operator/month-sums.ts";
import { pruneJournal } from "../../src/store/journal/prune.ts";
import { blindTimesIn, noteBlind } from "../../src/store/month/blind.ts";
import { reachOf } from "../../src/store/month/reach.ts";
import { BlindWatch } from "../../src/store/restore/blind-watch.ts";
import { touchStore } from "../../src/store/restore/restore.ts";
import { insertRun } from "../../src/store/runs/run.ts";
import type { Store } from "../../src/store/store.ts";
import { fileWith } from "../cli/files.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { storedRun } from "../fakes/runs.ts";
import { emptyMonth } from "../operator/month-facts.ts";
import { approving } from "../programs/approving.ts";
import { record } from "../programs/effects.ts";
import { recording, runThatHelps } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const minute = 60_000;
const day = 86_400_000;
const config = `store: {url: "postgres://x@127.0.0.1/x"}
sources: {main: {url: "postgres://x@127.0.0.1/x"}}
report: {time_zone: Pacific/Auckland}
`;

/** The present month of that zone. */
const monthOf = (ms: number): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Pacific/Auckland" }).format(ms).slice(0, 7);

interface Outcome {
  readonly code: number;
  readonly error: unknown;
  readonly lines: readonly Record<string, unknown>[];
}

async function report(store: Store, month: string): Promise<Outcome> {
  const out: string[] = [];
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => AbortSignal.abort(),
  };
  const openStore = async () => ({ store, close: async () => undefined });
  const file = fileWith("month.yaml", config);
  const commands = [
    (program: Parameters<typeof registerReport>[0]) =>
      registerReport(program, { cli, remediations, openStore }),
  ];
  const args = ["report", "--month", month, "--json", "--config", file];
  return runProgram(args, { version: "1", cli, commands }).then(
    () => ({ code: 0, error: undefined, lines: out.map((line) => JSON.parse(line)) }),
    (error: unknown) => ({ code: exitCodeOf(error), error, lines: [] }),
  );
}

const measure = ({ lines }: Outcome, name: string): unknown =>
  lines.find((line) => line["measure"] === name);

/** A run that was asked for, approved, acted and helped; a denied one; a ticket, an answer and a verdict. */
async function history(): Promise<Store> {
  const place = await approving(await stores.open());
  const { store } = place;
  const at = Date.now() * 1000;
  await record(store, episodeOpened({ model: "t/e/e1/m", at, newestRow: at }), recording);
  const ticket = { id: "10001", key: "IR-1", url: "http://127.0.0.1/IR-1" };
  const opened = { event: { type: "ticket_opened", ticket } as const, incident: "inc-e1" };
  await store.transaction((tx) => recordEvents(tx, [opened], recording));
  await runThatHelps(place, at);
  await place.say("dw real");
  const denied = {
    ...storedRun("denied-1"),
    status: "denied" as const,
    gate: "cooldown",
    actedAtMs: null,
    decidedAtMs: Date.now(),
    answers: [{ gate: "cooldown", answer: "denies", reason: "too soon" }] as const,
  };
  await store.transaction((tx) => insertRun(tx, denied));
  return store;
}

describe("driftwarden report --month", () => {
  it("counts what happened in the month, each thing once, and nothing in the month before", async () => {
    const store = await history();
    const now = Date.now();
    await new BlindWatch(store, "w").touched(await touchStore(store));
    const asked = await report(store, monthOf(now));
    expect(asked.code).toBe(0);
    expect(measure(asked, "found")).toMatchObject({
      month: monthOf(now),
      time_zone: "Pacific/Auckland",
      so_far: true,
      value: 1,
      parts: { real: 1 },
      before: { value: null, not_measured: "this store was not used yet" },
    });
    expect(measure(asked, "told")).toMatchObject({ unit: "ms", parts: { incidents: 1 } });
    expect(measure(asked, "answered")).toMatchObject({ unit: "ms", parts: { incidents: 1 } });
    expect(measure(asked, "asked")).toMatchObject({
      value: 1,
      parts: { approved: 1, declined: 0 },
    });
    expect(measure(asked, "acted")).toMatchObject({ value: 1, parts: { recovered: 1 } });
    expect(measure(asked, "refused")).toMatchObject({ value: 1, parts: { cooldown: 1 } });
    expect(measure(asked, "blind")).toMatchObject({ value: 0 });
  });

  it("is not measured at all on a store that nobody has used", async () => {
    const { lines } = await report(await stores.open(), monthOf(Date.now()));
    expect(lines.map(({ value }) => value)).toEqual(lines.map(() => null));
    expect(lines).not.toEqual([]);
  });

  it("says what retention has deleted of the month", async () => {
    const store = await history();
    await store.query("update journal set at_ms = at_ms - 1000 * 86400000.0 where seq <= 2");
    await store.transaction((tx) =>
      pruneJournal(tx, { olderMs: 400 * 86_400_000, limit: 100, nowMs: Date.now() }),
    );
    const asked = await report(store, monthOf(Date.now()));
    expect(measure(asked, "asked")).toMatchObject({
      not_measured: expect.stringContaining("retention.journal has deleted what was before"),
    });
    expect(measure(asked, "acted")).toMatchObject({ value: 1, not_measured: null });
  });

  it.each([
    ["2026-13", "is no month"],
    ["9998-12", "has not begun"],
  ])("refuses %s with 2 and what to say instead", async (month, message) => {
    const { code, error } = await report(await stores.open(), month);
    expect(code).toBe(2);
    expect(error).toMatchObject({
      code: "DW_CLI_USAGE",
      message: expect.stringContaining(message),
      hint: expect.stringMatching(/\d{4}-\d{2}/),
    });
  });

  it("works on a store of a newer program that still admits this one", async () => {
    const store = await history();
    await store.query("update meta set version = version + 1");
    expect((await report(store, monthOf(Date.now()))).code).toBe(0);
  });
});

const lastSeen = (store: Store, minutes: number): Promise<unknown> =>
  store.query("update presence set seen_at = clock_timestamp() - $1 * interval '1 minute'", [
    minutes,
  ]);

describe("a blind time", () => {
  /** Around now, whatever the calendar says. */
  const range = { startMs: Date.now() - 10 * day, endMs: Date.now() + 10 * day };
  const blindOf = async (store: Store): Promise<Measure> =>
    monthSums({
      ...emptyMonth,
      range,
      reach: await reachOf(store),
      blind: await blindTimesIn(store, range),
    }).blind;
  it("is noted by the first process that is back, once, however many come back together", async () => {
    const store = await stores.open();
    await new BlindWatch(store, "old").touched(await touchStore(store));
    await lastSeen(store, 50);
    const back = async (owner: string): Promise<void> =>
      new BlindWatch(store, owner).touched(await touchStore(store));
    await Promise.all(["a", "b", "c"].map(back));
    const noted = await store.query<{ fromMs: number; untilMs: number }>(
      `select (body ->> 'fromMs')::float8 as "fromMs", (body ->> 'untilMs')::float8 as "untilMs"
       from journal where kind = 'blind'`,
    );
    expect(noted).toHaveLength(1);
    const [{ fromMs, untilMs } = { fromMs: 0, untilMs: 0 }] = noted;
    expect((untilMs - fromMs) / minute).toBeGreaterThanOrEqual(50);
    expect((untilMs - fromMs) / minute).toBeLessThan(60);
  });

  it("is none while signs of life come each minute", async () => {
    const store = await stores.open();
    await touchStore(store);
    await lastSeen(store, 2);
    await new BlindWatch(store, "w").touched(await touchStore(store));
    expect(await blindOf(store)).toMatchObject({ value: 0, parts: {} });
  });

  it("lasts until now while no process is back", async () => {
    const store = await stores.open();
    await new BlindWatch(store, "w").touched(await touchStore(store));
    await store.query("update journal set at_ms = at_ms - 2 * 3600000.0");
    await lastSeen(store, 60);
    const { value } = await blindOf(store);
    expect(Number(value) / minute).toBeGreaterThan(59);
  });

  it("of a source and of partitions count beside it, and together once", async () => {
    const store = await stores.open();
    const now = Date.now();
    await new BlindWatch(store, "w").touched(await touchStore(store));
    await store.query("update journal set at_ms = at_ms - 2 * 3600000.0");
    for (const what of ["source main", "partitions"])
      await store.transaction((tx) =>
        noteBlind(tx, { what, fromMs: now - 10 * minute, untilMs: now - 5 * minute }),
      );
    expect(await blindOf(store)).toMatchObject({
      value: 5 * minute,
      parts: { "source main": 5 * minute, partitions: 5 * minute },
    });
  });
});
