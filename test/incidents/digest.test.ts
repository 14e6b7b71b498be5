import { describe, expect, it } from "vitest";
import { missedOf, summarise } from "../../src/incidents/digest.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const nowMs = 1_760_000_000_000;

const line = (number: number): ReturnType<typeof missedOf> => {
  const episode = episodeOpened({ id: `e${number}`, model: `t/prod/s/m${number}` });
  return missedOf(openIncident({ number, episode, severity: number === 3 ? "P1" : "P2" }), nowMs);
};

function summed(before: Incident | undefined, number: number): ReturnType<typeof summarise> {
  return summarise(before, line(number), { nowMs, nextNumber: 40 + number });
}

describe("the summary of missed episodes", () => {
  it("opens with the first, is recovered from the start, and resolves after the quiet time", () => {
    const { incident, effects } = summed(undefined, 1);
    expect(incident).toMatchObject({ number: 41, state: "recovered", model: "t/prod//" });
    expect(effects).toEqual([{ kind: "ticket.open" }, { kind: "incident.settle", episode: "e1" }]);
  });

  it("takes all others as lines, rising to the worst severity, without a word until it has its ticket", () => {
    const first = summed(undefined, 1).incident;
    const third = summed(summed(first, 2).incident, 3);
    expect(third.incident).toMatchObject({ id: first.id, severity: "P1", occurrences: 3 });
    expect(third.incident.missed?.map(({ incident }) => incident)).toEqual([1, 2, 3]);
    expect(third.effects.map(({ kind }) => kind)).toEqual(["incident.settle"]);
    const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
    const told = summed({ ...third.incident, ticket }, 4);
    expect(told.effects.map(({ kind }) => kind)).toEqual(["ticket.repeat", "incident.settle"]);
  });

  it("is another one after the last was told and resolved, the same while it waits for its ticket", () => {
    const first = summed(undefined, 1).incident;
    const resolved: Incident = { ...first, state: "resolved", resolvedAtMs: nowMs };
    expect(summed(resolved, 2).incident).toMatchObject({ id: first.id, state: "recovered" });
    const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
    expect(summed({ ...resolved, ticket }, 2).incident.id).not.toBe(first.id);
  });

  it("remembers the newest hundred lines and counts all", () => {
    let incident: Incident | undefined;
    for (let number = 1; number <= 130; number++) incident = summed(incident, number).incident;
    expect(incident?.missed).toHaveLength(100);
    expect(incident?.occurrences).toBe(130);
  });
});
