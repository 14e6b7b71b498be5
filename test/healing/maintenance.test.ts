/** Maintenance windows: when they hold, also across midnight and where clocks are changed, and what the gate says. */
import { describe, expect, it } from "vitest";
import { maintenance } from "../../src/healing/gates/maintenance.ts";
import { freeAfter, heldBy, type MaintenanceWindow } from "../../src/healing/maintenance.ts";
import { fineFacts } from "../fakes/gate-facts.ts";
import { setUp } from "./runner-place.ts";

const minute = 60_000;

function windowOf(changes: Partial<MaintenanceWindow> = {}): MaintenanceWindow {
  return { name: "backup", from: 23 * 60, to: 60, timeZone: "UTC", matchers: {}, ...changes };
}

/** `02:30` → minutes. */
const at = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
};

const berlin = (from: string, to: string, changes: Partial<MaintenanceWindow> = {}) =>
  windowOf({ from: at(from), to: at(to), timeZone: "Europe/Berlin", ...changes });

/** When the window begins and ends to hold, to ten minutes. */
function stretches(window: MaintenanceWindow, start: string, hours: number): readonly string[] {
  const startMs = Date.parse(start);
  const moments = Array.from({ length: hours * 6 }, (_, n) => startMs + n * 10 * minute);
  const held = moments.map((ms) => heldBy([window], ms) !== undefined);
  const changes = moments.filter((_, n) => n > 0 && held[n] !== held[n - 1]);
  return changes.map((ms) => new Date(ms).toISOString().slice(5, 16));
}

describe("a maintenance window (A7)", () => {
  it("holds from its first minute until its end, by the wall clocks of its zone", () => {
    expect(stretches(berlin("09:00", "10:30"), "2026-07-01T00:00Z", 24)).toEqual([
      "07-01T07:00",
      "07-01T08:30",
    ]);
    expect(stretches(berlin("09:00", "10:30"), "2026-01-01T00:00Z", 24)).toEqual([
      "01-01T08:00",
      "01-01T09:30",
    ]);
  });

  it("over midnight belongs to the day on which it begins", () => {
    // 27 November 2026 is a Friday.
    expect(stretches(windowOf({ days: [5] }), "2026-11-27T00:00Z", 72)).toEqual([
      "11-27T23:00",
      "11-28T01:00",
    ]);
    expect(stretches(windowOf({ days: [6, 0] }), "2026-11-27T00:00Z", 84)).toEqual([
      "11-28T23:00",
      "11-29T01:00",
      "11-29T23:00",
      "11-30T01:00",
    ]);
  });

  it("of a whole day ends at midnight", () => {
    const day = windowOf({ from: 0, to: 24 * 60, days: [0] });
    expect(stretches(day, "2026-11-28T00:00Z", 72)).toEqual(["11-29T00:00", "11-30T00:00"]);
  });

  // On 25 October 2026 at 03:00 the clocks of Berlin go back to 02:00, on 29 March at 02:00 forward to 03:00.
  it.each([
    ["around it lasts as long as it lasts", ["01:00", "04:00"], ["10-24T23:00", "10-25T03:00"]],
    ["that begins in it holds from the first", ["02:30", "04:00"], ["10-25T00:30", "10-25T03:00"]],
    ["that ends in it holds until the last", ["01:00", "02:30"], ["10-24T23:00", "10-25T01:30"]],
    [
      "within it holds from the first to the last",
      ["02:10", "02:20"],
      ["10-25T00:10", "10-25T01:20"],
    ],
  ])("and an hour that is shown twice: one %s", (_, [from = "", to = ""], held) => {
    expect(stretches(berlin(from, to), "2026-10-24T12:00Z", 24)).toEqual(held);
  });

  it.each([
    ["around it is an hour shorter", ["01:00", "04:00"], ["03-29T00:00", "03-29T02:00"]],
    ["that begins in it begins earlier", ["02:30", "04:00"], ["03-29T00:30", "03-29T02:00"]],
    ["that ends in it ends later", ["01:00", "02:30"], ["03-29T00:00", "03-29T01:30"]],
    ["within it holds all the same", ["02:10", "02:20"], ["03-29T00:10", "03-29T01:20"]],
  ])("and an hour that is never shown: one %s", (_, [from = "", to = ""], held) => {
    expect(stretches(berlin(from, to), "2026-03-28T12:00Z", 24)).toEqual(held);
  });

  it.each(["Asia/Kolkata", "Australia/Lord_Howe"])(
    "of an hour holds once a day in %s, all year",
    (timeZone) => {
      const window = windowOf({ from: at("12:00"), to: at("13:00"), timeZone });
      const start = Date.UTC(2026, 0, 1);
      const hours = Array.from({ length: 365 * 24 }, (_, n) => start + n * 60 * minute);
      expect(hours.filter((ms) => heldBy([window], ms) !== undefined)).toHaveLength(365);
    },
  );

  it("is named by the one that ends last where several hold, and the run waits for the end of all", () => {
    const nowMs = Date.parse("2026-11-27T23:30Z");
    const windows = [
      windowOf({ name: "short", from: at("23:00"), to: at("23:45") }),
      windowOf({ name: "long" }),
      windowOf({ name: "next", from: 60, to: 120 }),
    ];
    const untilMs = Date.parse("2026-11-28T01:00Z");
    expect(heldBy(windows, nowMs)).toEqual({ name: "long", timeZone: "UTC", untilMs });
    expect(freeAfter(windows, nowMs)).toBe(Date.parse("2026-11-28T02:00Z"));
    const always = [windowOf({ from: 0, to: 720 }), windowOf({ from: 720, to: 1440 })];
    expect(freeAfter(always, nowMs)).toBeUndefined();
  });
});

describe("the gate maintenance", () => {
  const nowMs = Date.parse("2026-07-01T07:30Z");
  const windows = [berlin("09:00", "10:30")];

  it("allows without a window that matches, and outside of it", () => {
    expect(maintenance.judge({ ...fineFacts, nowMs })).toEqual({ allow: true });
    const later = { ...fineFacts, nowMs: nowMs + 60 * minute, maintenance: windows };
    expect(maintenance.judge(later)).toEqual({ allow: true });
  });

  it("denies until its end, and says it by UTC and by its own clocks", () => {
    expect(maintenance.judge({ ...fineFacts, nowMs, maintenance: windows })).toEqual({
      allow: false,
      reason:
        'The maintenance "backup" forbids runs until 2026-07-01 08:30 UTC, 10:30 in Europe/Berlin.',
      retry: nowMs + 60 * minute,
    });
  });

  it("asks later where windows cover all the time", () => {
    const always = [windowOf({ from: 0, to: 720 }), windowOf({ from: 720, to: 1440 })];
    const judged = maintenance.judge({ ...fineFacts, maintenance: always });
    expect(judged).toMatchObject({ allow: false, retry: "later" });
  });
});

describe("a run within a maintenance window", () => {
  const always = { name: "always", from: 0, to: 1440, timeZone: "UTC" };
  const runWith = (matchers: MaintenanceWindow["matchers"]) =>
    setUp({ fix: { maintenance: [{ ...always, matchers }] } });

  it("is held back, and nothing acts", async () => {
    const place = runWith({});
    const run = await place.start("e1");
    expect(run).toMatchObject({ status: "denied", gate: "maintenance" });
    expect(run?.retryAtMs).toBeGreaterThan(place.clock.now());
    expect(place.acts).toEqual([]);
  });

  it("is held back by the service that it would act on, and by no other", async () => {
    const held = await runWith({ services: ["my-service-1"] }).start("e1");
    expect(held).toMatchObject({ status: "denied", gate: "maintenance" });
    expect(await runWith({ services: ["other"] }).start("e1")).toMatchObject({ status: "acted" });
  });
});
