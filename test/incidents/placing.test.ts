/** How one episode after the other is placed, and what is kept between them (FR-S1). */
import { describe, expect, it } from "vitest";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { subjectOf } from "../../src/incidents/episode.ts";
import { fingerprint } from "../../src/incidents/fingerprint.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Member } from "../../src/incidents/member.ts";
import { Placing } from "../../src/incidents/placing.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const startMs = 1_760_000_000_000;
const hour = 3_600_000;
const moment = (afterMs: number) => ({
  nowMs: startMs + afterMs,
  groupWithinMs: 900_000,
  reopenDurationMs: hour,
});

function broken(n: number, feature: string, id = `e${n}`): EpisodeOpened {
  const [first] = episodeOpened().features;
  const features = [{ ...first!, feature }];
  return episodeOpened({ id, model: `t/prod/main/m${n}`, features });
}

const printOf = (n: number): string => fingerprint(subjectOf(broken(n, "x")));

/** A source with six models. */
function emptyPlaces(): Placing {
  const sourceModels = new Map([["t/prod/main/", 6]]);
  return new Placing({ open: new Map(), memberships: new Map(), sourceModels });
}

function incidentNow(id: string, changes: Partial<Incident>): Incident {
  return openIncident({ id, subject: subjectOf(broken(1, "x")), ...changes });
}

function memberNow(n: number, feature: string, state: Member["state"]): Member {
  const episode = broken(n, feature);
  const subject = subjectOf(episode);
  return { fingerprint: printOf(n), subject, state, joinedAtMs: startMs, episode };
}

describe("a subject that was placed", () => {
  it("is known by the incident that it opened or joined, and any other by none", () => {
    const placing = emptyPlaces();
    placing.take(broken(1, "age"), moment(0));
    placing.take(broken(2, "age"), moment(0));
    expect([1, 2, 3].map((n) => placing.incidentOf(printOf(n)))).toEqual([
      "inc-e1",
      "inc-e1",
      undefined,
    ]);
  });

  it("leaves the cause of its incident what it was when it breaks in another feature too", () => {
    const placing = emptyPlaces();
    placing.take(broken(1, "age"), moment(0));
    expect(placing.take(broken(1, "income", "e1b"), moment(0)).incident).toBe("inc-e1");
    expect(placing.take(broken(2, "age"), moment(0)).incident).toBe("inc-e1");
    expect(placing.take(broken(3, "income"), moment(0)).incident).toBe("inc-e3");
  });
});

const fourBroken = (): Placing => {
  const placing = emptyPlaces();
  for (const n of [1, 2, 3, 4]) placing.take(broken(n, `f${n}`), moment(0));
  return placing;
};

describe("five models of six that break in five features at once", () => {
  it("have one cause: the first incident takes the others in while nobody was told of them", () => {
    const placing = fourBroken();
    expect(placing.take(broken(5, "f5"), moment(9_999))).toEqual({
      joins: "inc-e1",
      absorbs: ["inc-e2", "inc-e3", "inc-e4"],
      incident: "inc-e1",
    });
    for (const n of [1, 2, 3, 4, 5]) expect(placing.incidentOf(printOf(n))).toBe("inc-e1");
    expect(placing.take(broken(6, "f6"), moment(9_999))).toEqual({
      joins: "inc-e1",
      absorbs: [],
      incident: "inc-e1",
    });
  });

  it("leave the others where they are once people were told", () => {
    const placing = fourBroken();
    expect(placing.take(broken(5, "f5"), moment(10_000))).toMatchObject({ absorbs: [] });
    expect(placing.incidentOf(printOf(2))).toBe("inc-e2");
  });

  it("are counted by how many are in each incident now", () => {
    const placing = emptyPlaces();
    for (const n of [1, 2, 3]) placing.take(broken(n, `f${n}`), moment(0));
    const joined = incidentNow("inc-e1", { members: { joined: 1, recovered: 1, left: 3 } });
    placing.follow({ incident: joined });
    expect(placing.take(broken(5, "f5"), moment(0))).toMatchObject({ joins: "inc-e1" });
    const fewer = emptyPlaces();
    for (const n of [1, 2, 3]) fewer.take(broken(n, `f${n}`), moment(0));
    fewer.follow({
      incident: incidentNow("inc-e1", { members: { joined: 1, recovered: 0, left: 9 } }),
    });
    expect(fewer.take(broken(5, "f5"), moment(0))).toMatchObject({ joins: undefined });
  });
});

/** Both models have left it; it was over at the start. */
function over(): Placing {
  const placing = emptyPlaces();
  placing.take(broken(1, "age"), moment(0));
  placing.take(broken(2, "age"), moment(0));
  placing.take(broken(3, "income"), moment(0));
  const members = { joined: 1, recovered: 0, left: 1 };
  placing.follow({
    incident: incidentNow("inc-e1", { members }),
    member: memberNow(2, "age", "left"),
  });
  placing.follow({
    incident: incidentNow("inc-e1", {
      state: "resolved",
      resolvedAtMs: startMs,
      members: { joined: 0, recovered: 0, left: 2 },
    }),
    member: memberNow(1, "age", "left"),
  });
  return placing;
}

describe("an incident that is over", () => {
  it("takes no other model in, and the incidents beside it stay", () => {
    expect(over().take(broken(4, "age"), moment(1)).incident).toBe("inc-e4");
    expect(over().take(broken(4, "income"), moment(1)).incident).toBe("inc-e3");
  });

  it.each([1, 2])("takes model %i back within the reopen duration only", (n) => {
    expect(over().take(broken(n, "age", "new"), moment(hour)).incident).toBe("inc-e1");
    expect(over().take(broken(n, "age", "new"), moment(hour + 1)).incident).toBe("inc-new");
  });

  it("says nothing of the members of other incidents", () => {
    const placing = over();
    placing.follow({
      incident: incidentNow("inc-e3", { members: { joined: 0, recovered: 0, left: 1 } }),
      member: memberNow(3, "income", "left"),
    });
    expect(placing.take(broken(3, "income", "new"), moment(2 * hour)).incident).toBe("inc-e3");
  });
});
