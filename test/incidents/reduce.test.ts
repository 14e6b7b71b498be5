import { describe, expect, it } from "vitest";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run, step } from "../fakes/reducing.ts";

const minute = 60_000;

const kinds = (result: Step): readonly string[] => result.effects.map(({ effect }) => effect.kind);

describe("an episode that opens while another one of the model is open", () => {
  it("is told in full when another feature is to blame, though its kind is known", () => {
    const incident = openIncident();
    const episode = episodeOpened({ id: "e2" });
    const [first] = episode.features;
    const features = [{ ...first!, feature: "age" }, ...episode.features];
    const result = step(incident, { ...episode, features });
    expect(kinds(result)).toEqual(["ticket.repeat", "ticket.comment"]);
    const recovered = step(openIncident({ state: "recovered" }), { ...episode, features });
    expect(kinds(recovered)).toEqual(["ticket.repeat"]);
  });
});

describe("an episode that nobody answers", () => {
  const unanswered = {
    type: "episode_unanswered",
    id: "u1",
    episode: "e1",
    model: openIncident().fingerprint,
    at: 1_760_172_800_000_000,
    since: 1_760_000_000_000_000,
  } as const;

  it("asks on the ticket, and changes nothing else", () => {
    const incident = openIncident();
    const result = step(incident, unanswered);
    expect(result.incident).toEqual(incident);
    expect(result.effects.map(({ effect }) => effect)).toEqual([
      {
        kind: "ticket.comment",
        note: { about: "unanswered", episode: incident.episode, forMs: 172_800_000 },
      },
    ]);
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
      expect(kinds(result)).toEqual(["ticket.repeat"]);
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
    expect(kinds(soon)).toEqual(["ticket.open", "ticket.repeat"]);
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

  it("says on the ticket when another kind of trouble joins", () => {
    const result = step(openIncident(), episodeOpened({ id: "e2", kind: "silent" }));
    expect(kinds(result)).toEqual(["ticket.repeat", "ticket.comment"]);
    expect(result.incident.kinds).toEqual(["shift", "silent"]);
  });
});

describe("an episode that closes", () => {
  it("makes the incident recovered and sets a timer for the quiet time", () => {
    const result = step(openIncident(), episodeClosed());
    expect(result.incident.state).toBe("recovered");
    expect(kinds(result)).toEqual(["ticket.comment", "incident.settle"]);
    expect(result.effects[1]).toMatchObject({
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
    const again = openIncident({ episode: episodeOpened({ id: "e2" }) });
    expect(reduce(again, quiet, moment())).toBeUndefined();
  });
});

describe("a run", () => {
  it("that acted is told, and then asked for: the model's own detectors first, the target's health on a timer", () => {
    const result = step(openIncident(), { type: "run_changed", run });
    expect(kinds(result)).toEqual(["ticket.comment", "run.ask_model", "run.check_health"]);
    expect(result.effects.map((planned) => planned.timer)).toEqual([false, false, true]);
    expect(result.incident.runs).toEqual([run]);
  });

  it("that was denied is told with its reason and nothing else follows", () => {
    const denied = { ...run, status: "denied", gate: "budget" } as const;
    expect(kinds(step(openIncident(), { type: "run_changed", run: denied }))).toEqual([
      "ticket.comment",
    ]);
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
    const [once, again] = [1, 2].map(() => step(openIncident(), episodeClosed()).effects);
    expect(once).toEqual(again);
    expect(new Set(once?.map((planned) => planned.id)).size).toBe(2);
  });
});

describe("an episode that opened long ago", () => {
  const openedAtMs = 1_760_000_000_000;
  const late = (minutes: number): Moment =>
    moment({ nowMs: openedAtMs + minutes * minute, fixes: ["restart-svc"], ticketed: true });
  const noTicket = openIncident({ episode: episodeOpened({ cadence: 60_000_000 }) });
  const withTicket = { ...noTicket, ticket: { id: "1", key: "IR-1", url: "http://jira/IR-1" } };

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
    const told = ["ticket.comment", "incident.settle"];
    expect(kinds(step(withTicket, episodeClosed(), late(16)))).toEqual(told);
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
    const { ticket } = withTicket;
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
