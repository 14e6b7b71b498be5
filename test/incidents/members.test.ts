/** What a shared incident does when its members join, recover and leave, and what people are told of it. */
import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import { fingerprint } from "../../src/incidents/fingerprint.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { groupOf, type Member } from "../../src/incidents/member.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;
const minute = 60_000;
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
const settings = {
  resolveAfterMs: 15 * minute,
  reopenDurationMs: 60 * minute,
  healthAfterMs: minute,
  ticketed: true,
  fixesFor: () => [],
};

const key = (n: number): string => `default/production/main/model-${n}`;
const episode = (n: number, id = `e${n}`) => episodeOpened({ id, model: key(n) });

function member(n: number, changes: Partial<Member> = {}): Member {
  const subject = { kind: "model", key: key(n) } as const;
  return {
    fingerprint: fingerprint(subject),
    subject,
    state: "joined",
    joinedAtMs: nowMs - minute,
    episode: episode(n),
    ...changes,
  };
}

/** Three models that one cause broke. */
const shared = openIncident({
  ticket,
  episode: episode(1),
  members: { joined: 3, recovered: 0, left: 0 },
  telling: { due: false, said: 3 },
});

function step(
  incident: Incident,
  event: IncidentEvent,
  given: Pick<Moment, "member"> = {},
): Step | undefined {
  return reduce(incident, event, { nowMs, nextNumber: 8, settings, ...given });
}

const kinds = (result: Step | undefined): readonly string[] =>
  result?.effects.map(({ effect }) => effect.kind) ?? [];

describe("a model that breaks for the cause of an incident", () => {
  it("joins it, and the ticket is told of it within half a minute with what else comes", () => {
    const result = step(shared, episode(4), { member: null });
    expect(result?.incident).toMatchObject({
      members: { joined: 4, recovered: 0, left: 0 },
      telling: { due: true, said: 3 },
      group: shared.group,
    });
    expect(result?.member).toMatchObject({ subject: { key: key(4) }, joinedAtMs: nowMs });
    const timer = result?.effects.find(({ effect }) => effect.kind === "incident.tell_members");
    expect(timer).toMatchObject({ dueAtMs: nowMs + 30_000, timer: true });
    expect(kinds(result)).not.toContain("ticket.comment");
  });

  it("sets no second timer while one is waiting", () => {
    const telling = { due: true, said: 3, ensured: true } as const;
    const result = step({ ...shared, telling }, episode(4), { member: null });
    expect(result?.incident).toMatchObject({ members: { joined: 4 }, telling });
    expect(kinds(result)).toEqual([]);
  });

  it("asks for an open ticket also where another's recovery has begun the half minute, and then once", () => {
    const telling = { due: true, said: 3 };
    const ticketed = { ...settings, ticketed: true };
    const given = { nowMs, nextNumber: 8, settings: ticketed, member: null };
    const first = reduce({ ...shared, telling }, episode(4), given);
    expect(kinds(first)).toEqual(["ticket.ensure"]);
    const second = reduce(first?.incident, episode(5), given);
    expect(kinds(second)).toEqual([]);
  });

  it("keeps the time at which it joined when another episode of it opens", () => {
    const before = member(2, { state: "recovered" });
    const incident = { ...shared, members: { joined: 2, recovered: 1, left: 0 } };
    const result = step(incident, episode(2, "e9"), { member: before });
    expect(result?.member).toMatchObject({ state: "joined", joinedAtMs: before.joinedAtMs });
    expect(result?.incident.members).toEqual({ joined: 3, recovered: 0, left: 0 });
  });

  it("joins anew after it has left", () => {
    const incident = { ...shared, members: { joined: 2, recovered: 0, left: 1 } };
    const result = step(incident, episode(2, "e9"), { member: member(2, { state: "left" }) });
    expect(result?.member).toMatchObject({ state: "joined", joinedAtMs: nowMs });
    expect(result?.incident.members).toEqual({ joined: 3, recovered: 0, left: 0 });
  });

  it("leaves the cause what it was where it broke in the same feature, and scatters it where not", () => {
    expect(step(shared, episode(4), { member: null })?.incident.group.cause).toBe(
      "feature\ncredit_score",
    );
    const [feature] = episode(4).features;
    const other = { ...episode(4), features: [{ ...feature!, feature: "age" }] };
    expect(step(shared, other, { member: null })?.incident.group.cause).toBe("scattered");
    const known = step(shared, { ...other, model: key(2) }, { member: member(2) });
    expect(known?.incident.group.cause).toBe("feature\ncredit_score");
  });

  it("begins the group anew when the incident was over", () => {
    const over = { ...shared, state: "resolved", resolvedAtMs: nowMs - minute } as const;
    const [feature] = episode(2).features;
    const other = { ...episode(2, "e9"), at: 7, features: [{ ...feature!, feature: "age" }] };
    const result = step(over, other, { member: member(2, { state: "left" }) });
    expect(result?.incident.group).toEqual(groupOf(other));
  });
});

const silent = (n: number, sourceNewest: number) =>
  episodeOpened({
    ...episode(n),
    kind: "silent",
    features: [],
    newestRow: nowMs * 1000 + n,
    sourceNewest,
  });

describe("models that go silent one after the other", () => {
  const incident = { ...shared, kinds: ["silent"], group: groupOf(silent(1, 0)) } as const;

  it("say that the source is silent once no row of it is newer than theirs", () => {
    const whole = step(incident, silent(4, nowMs * 1000 + 4), { member: null });
    expect(whole?.incident.kinds).toEqual(["silent", "source_silent"]);
    const others = step(incident, silent(4, nowMs * 1000 + 5), { member: null });
    expect(others?.incident.kinds).toEqual(["silent"]);
  });
});

describe("a member whose episode closes", () => {
  it("recovers, and the incident stays open for the others without a comment", () => {
    const closed = episodeClosed({ episode: "e2", model: key(2) });
    const result = step(shared, closed, { member: member(2) });
    expect(result?.incident).toMatchObject({
      state: "open",
      members: { joined: 2, recovered: 1, left: 0 },
      lastSeenAtMs: nowMs,
    });
    expect(kinds(result)).toEqual(["incident.tell_members", "incident.settle"]);
  });

  it("is one that recovered already, or has another episode now: nothing changes", () => {
    const closed = episodeClosed({ episode: "e2", model: key(2) });
    for (const other of [
      member(2, { state: "recovered" }),
      member(2, { episode: episode(2, "e9") }),
    ])
      expect(step(shared, closed, { member: other })?.incident.members ?? shared.members).toEqual(
        shared.members,
      );
  });

  it("makes the incident recovered when it was the last, which the ticket shows", () => {
    const last = { ...shared, members: { joined: 1, recovered: 2, left: 0 } };
    const closed = episodeClosed({ episode: "e2", model: key(2) });
    const result = step(last, closed, { member: member(2) });
    expect(result?.incident.state).toBe("recovered");
    expect(result?.incident.endedBy).toBe("recovered");
    expect(kinds(result)).toContain("ticket.update");
    expect(kinds(result)).not.toContain("ticket.comment");
  });

  it("leaves after its quiet time, and the last one to leave resolves the incident", () => {
    const quiet = { type: "quiet_passed", episode: "e2" } as const;
    const well = member(2, { state: "recovered" });
    const some = { ...shared, members: { joined: 1, recovered: 1, left: 1 } };
    const left = step(some, quiet, { member: well });
    expect(left?.incident).toMatchObject({ state: "open", lastSeenAtMs: shared.lastSeenAtMs });
    expect(left?.incident.members).toEqual({ joined: 1, recovered: 0, left: 2 });
    const last = { ...shared, state: "recovered", members: { joined: 0, recovered: 1, left: 2 } };
    const over = step({ ...last, state: "recovered" }, quiet, { member: well });
    expect(over?.incident).toMatchObject({ state: "resolved", resolvedAtMs: nowMs });
    expect(kinds(over)).toEqual(["ticket.update", "ticket.resolve"]);
    const broken = step(some, quiet, { member: member(2) });
    expect(broken).toBeUndefined();
  });
});

/** So many are broken, and of so many people know. */
const waiting = (joined: number, said: number) => ({
  ...shared,
  members: { joined, recovered: 0, left: 0 },
  telling: { due: true, said },
});

describe("when it is time to tell of members", () => {
  const due = { type: "members_due" } as const;
  it("the ticket is brought up to date, and nobody is mailed", () => {
    const result = step(waiting(4, 3), due);
    expect(kinds(result)).toEqual(["ticket.update"]);
    expect(result?.incident.telling).toEqual({ due: false, said: 3 });
  });

  it.each([
    [5, 1, true],
    [4, 1, false],
    [8, 2, true],
    [7, 2, false],
  ])("%i broken where people know of %i is worth a comment: %s", (joined, said, isWorth) => {
    const result = step(waiting(joined, said), due);
    const grown = { kind: "ticket.comment", note: { about: "grown", atMs: nowMs } };
    expect(result?.effects.map(({ effect }) => effect)).toEqual(
      isWorth ? [grown, { kind: "ticket.update" }] : [{ kind: "ticket.update" }],
    );
    expect(result?.incident.telling).toEqual({ due: false, said: isWorth ? joined : said });
  });

  it("counts from one where nothing was told of members yet", () => {
    const { telling: _none, ...untold } = waiting(5, 1);
    expect(step(untold, due)?.incident.telling).toEqual({ due: false, said: 5 });
  });

  it("a ticket that is still to come, or closed, says it itself", () => {
    const { ticket: _none, ...unticketed } = waiting(9, 1);
    for (const incident of [unticketed, { ...waiting(9, 1), state: "resolved" } as const]) {
      const result = step(incident, due);
      expect(result?.incident.telling).toEqual({ due: false, said: 1 });
      expect(kinds(result)).not.toContain("ticket.comment");
    }
  });
});

describe("the ticket of a shared incident", () => {
  it("has told of all who are broken when it opens", () => {
    const { ticket: _none, ...untold } = shared;
    const result = step(untold, { type: "ticket_opened", ticket });
    expect(result?.incident.telling).toEqual({ due: false, said: 3 });
    expect(kinds(result)).toEqual([]);
    const single = openIncident();
    expect(step(single, { type: "ticket_opened", ticket })?.incident.telling).toBeUndefined();
  });

  it("is resolved at once when the incident has become a part of another meanwhile", () => {
    const part = { ...shared, partOf: "inc-other" };
    expect(kinds(step(part, { type: "ticket_opened", ticket }))).toEqual(["ticket.resolve"]);
  });
});
