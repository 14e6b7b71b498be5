import { describe, expect, it } from "vitest";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run, step } from "../fakes/reducing.ts";

const minute = 60_000;

const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
const withTicket = (state: "open" | "recovered"): Incident => openIncident({ state, ticket });
const kinds = (result: Step): readonly string[] => result.effects.map(({ effect }) => effect.kind);

describe("an episode that nobody answers", () => {
  const unanswered = {
    type: "episode_unanswered",
    id: "u1",
    episode: "e1",
    model: openIncident().fingerprint,
    at: 1_760_172_800_000_000,
    since: 1_760_000_000_000_000,
  } as const;

  it("asks on the ticket, once, and changes nothing else", () => {
    const incident = openIncident();
    const result = step(incident, unanswered);
    expect(result.incident).toEqual({ ...incident, mails: { sent: 1, said: ["question"] } });
    expect(result.effects.map(({ effect }) => effect)).toEqual([
      {
        kind: "ticket.comment",
        note: { about: "unanswered", episode: incident.episode, forMs: 172_800_000 },
      },
    ]);
    expect(reduce(result.incident, { ...unanswered, id: "u2" }, moment())).toBeUndefined();
  });

  it("asks nothing once it is over, or another one is the newest", () => {
    expect(reduce(openIncident({ state: "recovered" }), unanswered, moment())).toBeUndefined();
    expect(reduce(openIncident(), { ...unanswered, episode: "e0" }, moment())).toBeUndefined();
  });
});

describe("an episode that opens", () => {
  it("opens an incident, its ticket and the fixes it calls for, in that order", () => {
    const result = step(undefined, episodeOpened(), moment({ fixes: ["restart-svc"] }));
    expect(result.incident).toMatchObject({
      number: 8,
      state: "open",
      occurrences: 1,
      severity: "P1",
    });
    expect(kinds(result)).toEqual(["ticket.open", "run.start"]);
  });

  it("repeats an incident that is open or recovered instead of opening another", () => {
    for (const state of ["open", "recovered"] as const) {
      const result = step(openIncident({ state }), episodeOpened({ id: "e2" }));
      expect(result.incident).toMatchObject({
        id: "inc-e1",
        number: 7,
        state: "open",
        occurrences: 2,
      });
      expect(kinds(result)).toEqual([]);
      const told = step(withTicket(state), episodeOpened({ id: "e2" }), moment({ ticketed: true }));
      expect(kinds(told)).toEqual(["ticket.ensure", "ticket.update"]);
    }
  });

  it("reopens a resolved incident within the reopen duration, and opens a new one after it", () => {
    const resolvedAtMs = 1_760_000_000_000;
    const resolved = openIncident({ state: "resolved", resolvedAtMs });
    const soon = step(
      resolved,
      episodeOpened({ id: "e2" }),
      moment({ nowMs: resolvedAtMs + 60 * minute }),
    );
    expect(soon.incident.id).toBe("inc-e1");
    expect(soon.incident.resolvedAtMs).toBeUndefined();
    expect(kinds(soon)).toEqual(["ticket.open"]);
    const late = step(
      resolved,
      episodeOpened({ id: "e2" }),
      moment({ nowMs: resolvedAtMs + 61 * minute }),
    );
    expect(late.incident).toMatchObject({ id: "inc-e2", number: 8, occurrences: 1 });
  });

  it("lets the severity rise but never fall", () => {
    const mild = episodeOpened({ id: "e2", features: [] });
    expect(step(openIncident({ severity: "P1" }), mild).incident.severity).toBe("P1");
    const grave = episodeOpened({ id: "e3", kind: "leak" });
    expect(step(openIncident({ severity: "P2" }), grave).incident.severity).toBe("P1");
  });

  it("shows on the ticket, by an edit, that another kind of trouble joins", () => {
    const silent = episodeOpened({ id: "e2", kind: "silent" });
    const result = step(withTicket("open"), silent, moment({ ticketed: true }));
    expect(kinds(result)).toEqual(["ticket.ensure", "ticket.update"]);
    expect(result.incident.kinds).toEqual(["shift", "silent"]);
  });
});

describe("an episode that closes", () => {
  it("makes the incident recovered and sets a timer for the quiet time", () => {
    const result = step(openIncident(), episodeClosed());
    expect(result.incident.state).toBe("recovered");
    expect(kinds(result)).toEqual(["incident.settle"]);
    expect(result.effects[0]).toMatchObject({
      timer: true,
      dueAtMs: 1_760_000_000_000 + 15 * minute,
    });
  });

  it("changes nothing when it is not the newest episode", () => {
    expect(reduce(openIncident(), episodeClosed({ episode: "e0" }), moment())).toBeUndefined();
  });

  it("resolves after the quiet time, unless it opened again meanwhile", () => {
    const quiet = { type: "quiet_passed", episode: "e1" } as const;
    const result = step(openIncident({ state: "recovered" }), quiet);
    expect(result.incident).toMatchObject({ state: "resolved", resolvedAtMs: 1_760_000_000_000 });
    expect(kinds(result)).toEqual(["ticket.resolve"]);
    const well = { ...withTicket("recovered"), endedBy: "recovered" } as const;
    const told = step(well, quiet, moment({ ticketed: true }));
    expect(kinds(told)).toEqual(["ticket.comment", "ticket.update", "ticket.resolve"]);
    expect(told.effects[0]?.effect).toMatchObject({ note: { about: "closed" } });
    const again = openIncident({ episode: episodeOpened({ id: "e2" }) });
    expect(reduce(again, quiet, moment())).toBeUndefined();
  });
});

describe("a run", () => {
  it("that acted is asked for: the model's own detectors first, the target's health on a timer", () => {
    const result = step(openIncident(), { type: "run_changed", run });
    expect(kinds(result)).toEqual(["run.ask_model", "run.check_health"]);
    expect(result.effects.map((planned) => planned.timer)).toEqual([false, true]);
    expect(result.incident.runs).toEqual([run]);
  });

  it("that was denied, or only watched, shows on the ticket with its reason, and costs no comment", () => {
    for (const status of ["denied", "observed"] as const) {
      const changed = { type: "run_changed", run: { ...run, status, gate: "budget" } } as const;
      const told = step(withTicket("open"), changed, moment({ ticketed: true }));
      expect(kinds(told)).toEqual(["ticket.update"]);
    }
  });

  it("that failed, or may have run, is told in one comment for all of them", () => {
    for (const status of ["failed", "unknown"] as const) {
      const first = step(openIncident(), { type: "run_changed", run: { ...run, status } });
      expect(kinds(first)).toEqual(["ticket.comment"]);
      const other = { type: "run_changed", run: { ...run, id: "r2", status } } as const;
      expect(kinds(step(first.incident, other))).toEqual([]);
    }
  });

  it("that is still acting is remembered in silence", () => {
    const result = step(openIncident(), { type: "run_changed", run: { ...run, status: "acting" } });
    expect(kinds(result)).toEqual([]);
  });

  it("gets its outcome from the model", () => {
    const event = {
      type: "verified",
      id: "v1",
      run: "r1",
      model: "m",
      at: 1,
      detail: "3 of 3 clean.",
    } as const;
    const result = step(openIncident({ runs: [run] }), { ...event, outcome: "recovered" });
    expect(result.incident.runs[0]?.outcome).toBe("recovered");
    expect(kinds(result)).toEqual(["ticket.comment"]);
    expect(reduce(openIncident(), { ...event, outcome: "recovered" }, moment())).toBeUndefined();
  });

  it("never counts as a success because the target is healthy", () => {
    const event = { type: "health_checked", run: "r1", detail: "running" } as const;
    expect(
      reduce(openIncident({ runs: [run] }), { ...event, healthy: true }, moment()),
    ).toBeUndefined();
    const ill = step(openIncident({ runs: [run] }), { ...event, healthy: false });
    expect(ill.incident.runs[0]?.outcome).toBe("failed");
  });
});

describe("effects", () => {
  it("have the same ids when the same event is applied again, so they are stored once", () => {
    const event = { type: "run_changed", run } as const;
    const [once, again] = [1, 2].map(() => step(openIncident(), event).effects);
    expect(once).toEqual(again);
    expect(new Set(once?.map((planned) => planned.id)).size).toBe(2);
  });
});

describe("an episode that opened long ago", () => {
  const openedAtMs = 1_760_000_000_000;
  const late = (minutes: number): Moment =>
    moment({ nowMs: openedAtMs + minutes * minute, fixes: ["restart-svc"], ticketed: true });
  const noTicket = openIncident({ episode: episodeOpened({ cadence: 60_000_000 }) });
  const ticketed = { ...noTicket, ticket };

  it("gets its ticket a minute later, in order, in case that it is over", () => {
    const { nowMs } = late(16);
    const { effects } = step(undefined, episodeOpened({ cadence: 60_000_000 }), late(16));
    expect(
      effects.map(({ effect, dueAtMs, timer }) => [effect.kind, dueAtMs - nowMs, timer]),
    ).toEqual([
      ["ticket.open", minute, false],
      ["run.start", 0, false],
    ]);
    const inTime = step(undefined, episodeOpened({ cadence: 60_000_000 }), late(15));
    expect(inTime.effects[0]?.dueAtMs).toBe(late(15).nowMs);
  });

  it("gets an entry in the digest when it is over before it had a ticket", () => {
    const result = step(noTicket, episodeClosed(), late(16));
    expect(result.incident).toMatchObject({ state: "resolved", inDigest: true });
    expect(result.effects).toEqual([]);
    expect(result.digestEntry).toMatchObject({
      incident: 7,
      severity: "P1",
      endMs: late(16).nowMs,
    });
  });

  it("is told as always when it has a ticket, or closed soon, or there is no tracker", () => {
    const told = ["incident.settle"];
    expect(kinds(step(ticketed, episodeClosed(), late(16)))).toEqual([...told, "ticket.update"]);
    expect(kinds(step(noTicket, episodeClosed(), late(15)))).toEqual(told);
    expect(kinds(step(noTicket, episodeClosed(), moment({ nowMs: late(16).nowMs })))).toEqual(told);
  });

  it("gets an entry in the digest when the tracker was away until all was quiet again", () => {
    const quiet = { type: "quiet_passed", episode: "e1" } as const;
    const recovered = openIncident({ episode: noTicket.episode, state: "recovered" });
    const result = step(recovered, quiet, late(20));
    expect(result.digestEntry?.incident).toBe(7);
    expect(result.effects).toEqual([]);
  });

  it("has the ticket resolved that was being created meanwhile", () => {
    const over = { ...noTicket, state: "resolved", inDigest: true } as const;
    const result = step(over, { type: "ticket_opened", ticket }, late(20));
    expect(kinds(result)).toEqual(["ticket.resolve"]);
    expect(result.incident.inDigest).toBeUndefined();
  });

  it("gets a ticket of its own when it comes again", () => {
    const resolvedAtMs = late(16).nowMs;
    const over = { ...noTicket, state: "resolved", resolvedAtMs, inDigest: true } as const;
    const again = episodeOpened({ id: "e2", at: late(17).nowMs * 1000 });
    const result = step(over, again, late(17));
    expect(kinds(result)).toContain("ticket.open");
    expect(result.incident.inDigest).toBeUndefined();
  });
});
