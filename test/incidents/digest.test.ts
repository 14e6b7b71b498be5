import { describe, expect, it } from "vitest";
import { addToDigest, type Digest, entryOf, reduceDigest } from "../../src/incidents/digest.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;
const minute = 60_000;
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
const moment = { nowMs, nextNumber: 40, settings: { resolveAfterMs: 15 * minute } };

const entry = (number: number): ReturnType<typeof entryOf> => {
  const episode = episodeOpened({ id: `e${number}`, model: `t/prod/s/m${number}` });
  return entryOf(openIncident({ number, episode, severity: number === 3 ? "P1" : "P2" }), nowMs);
};

function added(before: Digest | undefined, number: number): ReturnType<typeof addToDigest> {
  return addToDigest(before, entry(number), { ...moment, nextNumber: 40 + number });
}

const kinds = ({ effects }: ReturnType<typeof addToDigest>): readonly string[] =>
  effects.map(({ effect }) => effect.kind);

describe("the digest of missed episodes", () => {
  it("opens with the first, is recovered from the start, and resolves after the quiet time", () => {
    const { digest, effects } = added(undefined, 1);
    const scope = { tenant: "t", environment: "prod" };
    expect(digest).toMatchObject({ number: 41, state: "recovered", scope });
    expect(effects).toEqual([
      {
        id: "inc-missed-e1:missed:e1:0:ticket.open",
        effect: { kind: "ticket.open" },
        dueAtMs: nowMs + minute,
        timer: false,
      },
      {
        id: "inc-missed-e1:missed:e1:1:incident.settle",
        effect: { kind: "incident.settle", episode: "e1" },
        dueAtMs: nowMs + 15 * minute,
        timer: true,
      },
    ]);
  });

  it("takes all others as entries, rising to the worst severity, without a word until it has its ticket", () => {
    const first = added(undefined, 1).digest;
    const third = added(added(first, 2).digest, 3);
    expect(third.digest).toMatchObject({ id: first.id, severity: "P1", occurrences: 3 });
    expect(third.digest.entries.map(({ incident }) => incident)).toEqual([1, 2, 3]);
    expect(kinds(third)).toEqual(["incident.settle"]);
    const told = added({ ...third.digest, ticket }, 4);
    expect(kinds(told)).toEqual(["ticket.update", "incident.settle"]);
  });

  it("is another one after the last was told and resolved, the same while it waits for its ticket", () => {
    const first = added(undefined, 1).digest;
    const resolved: Digest = { ...first, state: "resolved", resolvedAtMs: nowMs };
    expect(added(resolved, 2).digest).toMatchObject({ id: first.id, state: "recovered" });
    expect(added(resolved, 2).digest.resolvedAtMs).toBeUndefined();
    expect(added({ ...resolved, ticket }, 2).digest.id).not.toBe(first.id);
  });

  it("remembers the newest hundred entries and counts all", () => {
    let digest: Digest | undefined;
    for (let number = 1; number <= 130; number++) digest = added(digest, number).digest;
    expect(digest?.entries).toHaveLength(100);
    expect(digest?.entries[0].incident).toBe(31);
    expect(digest?.occurrences).toBe(130);
  });
});

describe("an event about a digest", () => {
  const two = added(added(undefined, 1).digest, 2).digest;

  it("that its ticket is there is followed by an update when entries came meanwhile", () => {
    const opened = { type: "ticket_opened", ticket } as const;
    const step = reduceDigest(two, opened, moment);
    expect(step?.digest.ticket).toEqual(ticket);
    expect(step?.effects.map(({ effect }) => effect.kind)).toEqual(["ticket.update"]);
    expect(reduceDigest(added(undefined, 1).digest, opened, moment)?.effects).toEqual([]);
  });

  it("that all is quiet resolves it, unless a newer entry came", () => {
    expect(reduceDigest(two, { type: "quiet_passed", episode: "e1" }, moment)).toBeUndefined();
    const step = reduceDigest(two, { type: "quiet_passed", episode: "e2" }, moment);
    expect(step?.digest).toMatchObject({ state: "resolved", resolvedAtMs: nowMs });
    expect(step?.effects.map(({ id }) => id)).toEqual(["inc-missed-e1:e2:0:ticket.resolve"]);
    const again = reduceDigest(
      { ...two, state: "resolved" },
      { type: "quiet_passed", episode: "e2" },
      moment,
    );
    expect(again).toBeUndefined();
  });

  it("that is about runs changes nothing", () => {
    const event = { type: "health_checked", run: "r1", healthy: false, detail: "gone" } as const;
    expect(reduceDigest(two, event, moment)).toBeUndefined();
  });
});
