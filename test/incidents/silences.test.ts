/** What a silence keeps back, what breaks through it, and what is made up for at its end (issue 15). */
import { describe, expect, it } from "vitest";
import type { Deed } from "../../src/incidents/deed.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { IncidentSet } from "../../src/incidents/incident-set.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import type { Silence } from "../../src/incidents/silence.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment, run } from "../fakes/reducing.ts";

const hour = 3_600_000;
const now = 1_760_000_060_000;
const untilMs = now + 2 * hour;
const ticket = { id: "10001", key: "IR-1", url: "http://jira/IR-1" };
/** P2: a small move of one feature. */
const mild = episodeOpened({ score: 1.2 });
const open = openIncident({ ticket, severity: "P2", episode: mild });

function step(
  incident: Incident | undefined,
  event: IncidentEvent,
  at: Partial<Moment> = {},
): Step {
  const given = { ...moment({ nowMs: now, ticketed: true }), ...at };
  return reduce(incident, event, given) ?? { incident: incident ?? open, effects: [] };
}

const does = (deed: Deed, command = "ticket:1#0"): IncidentEvent => ({
  type: "commanded",
  command,
  by: "sarah",
  deed,
});
const due: IncidentEvent = { type: "silence_due", command: "ticket:1#0" };
const kinds = ({ effects }: Step): readonly string[] => effects.map(({ effect }) => effect.kind);
const silenced = (incident = open): Incident =>
  step(incident, does({ kind: "silence", untilMs })).incident;
const again = episodeOpened({ ...mild, id: "e2" });
const over = episodeClosed({ episode: "e1" });
const quietPassed: IncidentEvent = { type: "quiet_passed", episode: "e1" };

describe("while a silence lasts", () => {
  it("its end is promised at once, and the ticket shows it by an edit", () => {
    const made = step(open, does({ kind: "silence", untilMs }));
    expect(kinds(made)).toEqual(["incident.silence_over", "ticket.update"]);
    expect(made.effects[0]).toMatchObject({ dueAtMs: untilMs, timer: true });
    expect(made.incident.people?.words).toMatchObject([{ about: "silence", by: "sarah" }]);
  });

  it("what breaks again is told by an edit only, and a ticket that people closed stays closed", () => {
    expect(kinds(step(silenced(), again))).toEqual(["ticket.update"]);
  });

  it("nobody is asked and no run has its result told by a comment", () => {
    const asked = { ...over, type: "episode_unanswered", id: "u1", since: 0 } as const;
    expect(kinds(step(silenced(), asked))).toEqual([]);
    const failed = { type: "run_changed", run: { ...run, status: "failed" } } as const;
    expect(kinds(step(silenced(), failed))).toEqual(["ticket.update"]);
  });

  it("a new incident about the same opens no ticket, and ends with the silence of the other", () => {
    const { silence } = silenced();
    const made = step(undefined, again, { silences: [silence!] });
    expect(kinds(made)).toEqual(["incident.silence_over"]);
    expect(made.incident).toMatchObject({ silence: { untilMs }, heldBack: true });
    const after = step(made.incident, due, { nowMs: untilMs });
    expect(kinds(after)).toEqual(["ticket.open"]);
    expect(after.incident).toMatchObject({ ticketPromisedAtMs: untilMs });
  });

  it("what was over before it could be told gets no entry in the digest", () => {
    const { silence } = silenced();
    const opened = step(undefined, episodeOpened(mild), { silences: [silence!] }).incident;
    const recovered = step(opened, over).incident;
    for (const at of [now + hour, untilMs + hour]) {
      const resolved = step(recovered, quietPassed, { nowMs: at });
      expect(resolved.incident.state).toBe("resolved");
      expect(resolved.digestEntry).toBeUndefined();
      expect(kinds(resolved)).toEqual([]);
    }
  });

  it("the ticket is closed without a comment when all is back to normal", () => {
    const recovered = step(silenced(), over).incident;
    const resolved = step(recovered, quietPassed, { nowMs: now + hour });
    expect(kinds(resolved)).toEqual(["ticket.update", "ticket.resolve"]);
  });

  it("a person's own command is carried out", () => {
    const resolved = { ...silenced(), state: "resolved" } as const;
    expect(kinds(step(resolved, does({ kind: "reopen" }, "ticket:2#0")))).toContain(
      "ticket.open_again",
    );
    expect(kinds(step(silenced(), does({ kind: "reopen" }, "ticket:2#0")))).toContain(
      "ticket.ensure",
    );
  });
});

describe("a silence does not cover", () => {
  it("what is worse: a rise to P1 is told by a comment", () => {
    const worse = step(silenced(), episodeOpened({ id: "e2" }));
    expect(worse.incident.severity).toBe("P1");
    expect(worse.effects.map(({ effect }) => effect)).toContainEqual({
      kind: "ticket.update",
      rise: { from: "P2", to: "P1" },
    });
  });

  it("another feature, another kind, and another model", () => {
    const [feature] = mild.features;
    const others = [
      { features: [{ ...feature!, feature: "tenure" }] },
      { kind: "frozen" as const },
    ];
    for (const other of others)
      expect(kinds(step(silenced(), episodeOpened({ ...mild, id: "e2", ...other })))).toContain(
        "ticket.ensure",
      );
    const { silence } = silenced();
    const model = "default/production/main/fraud-v3";
    const made = step(undefined, episodeOpened({ ...mild, model }), { silences: [silence!] });
    expect(kinds(made)).toEqual(["ticket.open"]);
    expect(made.incident.silence).toBeUndefined();
  });

  it("another feature of what has no ticket yet: it gets one now", () => {
    const unticketed = silenced(openIncident({ severity: "P2", episode: mild }));
    const [feature] = mild.features;
    const features = [{ ...feature!, feature: "tenure" }];
    const made = step(unticketed, episodeOpened({ ...mild, id: "e2", features }));
    expect(kinds(made)).toContain("ticket.open");
  });

  it("what comes after its time, even before its end was noticed", () => {
    expect(kinds(step(silenced(), again, { nowMs: untilMs }))).toContain("ticket.ensure");
  });

  it("every model of the source, and no other cause, where several models share the incident", () => {
    const members = { joined: 3, recovered: 0, left: 0 };
    const shared = silenced({ ...open, members });
    expect(shared.silence).toMatchObject({
      of: { source: "default/production/main/" },
      cause: "feature\ncredit_score",
    });
    const silences = [shared.silence!];
    const model = "default/production/main/fraud-v3";
    const same = step(undefined, episodeOpened({ ...mild, model }), { silences });
    expect(kinds(same)).toEqual(["incident.silence_over"]);
    const other = episodeOpened({ ...mild, model, kind: "frozen" });
    expect(kinds(step(undefined, other, { silences }))).toEqual(["ticket.open"]);
  });
});

describe("the end of a silence", () => {
  it("is told on the ticket of what goes on, which is opened again if need be", () => {
    const ended = step(silenced(), due, { nowMs: untilMs });
    expect(ended.incident.silence).toBeUndefined();
    expect(kinds(ended)).toEqual(["ticket.ensure", "ticket.update", "ticket.comment"]);
    expect(ended.incident.mails?.sent).toBe(1);
  });

  it("is no comment where it is back to normal, and nothing where it is over", () => {
    const recovered = { ...silenced(), state: "recovered" } as const;
    expect(kinds(step(recovered, due, { nowMs: untilMs }))).toEqual(["ticket.update"]);
    const resolved = { ...silenced(), state: "resolved" } as const;
    expect(kinds(step(resolved, due, { nowMs: untilMs }))).toEqual([]);
  });

  it("leaves a ticket closed that a person closed for longer", () => {
    const closedByHand = { atMs: now, untilMs: untilMs + hour };
    const ended = step({ ...silenced(), closedByHand }, due, { nowMs: untilMs });
    expect(kinds(ended)).not.toContain("ticket.ensure");
  });

  it("of one that another has replaced does nothing", () => {
    const longer = step(
      silenced(),
      does({ kind: "silence", untilMs: untilMs + hour }, "ticket:2#0"),
    );
    const ended = step(longer.incident, due, { nowMs: untilMs });
    expect(ended.effects).toEqual([]);
    expect(ended.incident.silence).toMatchObject({ untilMs: untilMs + hour });
  });

  it("keeps the budget of new tickets", () => {
    const { silence } = silenced();
    const made = step(undefined, again, { silences: [silence!] });
    const ended = step(made.incident, due, { nowMs: untilMs, ticketsLeft: 0 });
    expect(kinds(ended)).toEqual([]);
    expect(ended.digestEntry).toMatchObject({ isOverflow: true });
  });

  it("by a person is told by the answer alone, and asks again at once for the runs that wait", () => {
    const denied = { ...run, status: "denied", gate: "frozen", episode: "e1" } as const;
    const waiting = { ...denied, retryAtMs: untilMs };
    const other = { ...denied, id: "r2", gate: "cooldown", retryAtMs: untilMs };
    const ended = step(
      { ...silenced(), runs: [waiting, other] },
      does({ kind: "unsilence" }, "ticket:2#0"),
    );
    expect(kinds(ended)).toEqual(["ticket.ensure", "ticket.update", "run.retry"]);
    expect(ended.effects[2]?.effect).toMatchObject({ run: "r1", episode: "e1" });
  });
});

describe("what a silence kept back", () => {
  const silences = [silenced().silence!];
  const held = step(undefined, episodeOpened(mild), { silences }).incident;
  const recovered = step(held, over).incident;

  it("gets its ticket at the end although it was over once meanwhile", () => {
    const resolved = step(recovered, quietPassed, { nowMs: now + hour }).incident;
    const back = step(resolved, again, { nowMs: now + hour, silences }).incident;
    expect(back).toMatchObject({ state: "open", heldBack: true });
    expect(kinds(step(back, due, { nowMs: untilMs }))).toEqual(["ticket.open"]);
  });

  it("gets its ticket when it breaks again after the end, which found it well", () => {
    const ended = step(recovered, due, { nowMs: untilMs });
    expect(kinds(ended)).toEqual([]);
    expect(kinds(step(ended.incident, again, { nowMs: untilMs }))).toContain("ticket.open");
  });

  it("is not the ticket that was promised for another model of the same incident", () => {
    const model = "default/production/main/fraud-v3";
    const promised = step(undefined, episodeOpened({ ...mild, model })).incident;
    const joined = step(promised, again, { silences });
    expect(joined.incident.silence).toEqual({ ...silences[0], occurrences: 1 });
    expect(joined.incident.heldBack).toBeUndefined();
    expect(silenced(promised).heldBack).toBe(true);
  });
});

describe("a silence that is stored", () => {
  it("stands once where its incident becomes a part of another one, so that its end ends it", () => {
    const { ticket: _none, ...part } = { ...silenced(), id: "part" };
    const other = openIncident({ id: "other" });
    const incidents = new IncidentSet({ incidents: [other, part], members: [], nextNumber: 9 });
    incidents.absorb("other", ["part"], now);
    expect(incidents.get("other")).toMatchObject({ silence: part.silence });
    expect(incidents.get("part")).toMatchObject({ partOf: "other", silence: undefined });
  });

  it("says what is worse than it covers by what is broken, not by a person's milder word", () => {
    const serious = openIncident({ ticket, severity: "P2" });
    const silence: Silence | undefined = silenced(serious).silence;
    expect(silence?.severity).toBe("P1");
    expect(kinds(step(silenced(serious), episodeOpened({ id: "e2" })))).not.toContain(
      "ticket.ensure",
    );
  });
});
