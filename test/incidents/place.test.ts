/** Which incident an episode joins (FR-S1). */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { causeOf } from "../../src/incidents/cause.ts";
import { type Candidate, type Membership, place } from "../../src/incidents/place.ts";
import { Placing } from "../../src/incidents/placing.ts";
import { episodeOpened, serviceEpisode } from "../fakes/episodes.ts";

const startUs = 1_760_000_000_000_000;
const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const moment = { nowMs: startUs / 1000, groupWithinMs: 900_000, reopenDurationMs: 3_600_000 };

/** An episode of model `n` that opens so long after the start. */
function opens(n: number, afterUs: number, about: Partial<EpisodeOpened> & { feature?: string }) {
  const { feature, ...changes } = about;
  const [first] = episodeOpened().features;
  return episodeOpened({
    id: `e${n}-${afterUs}`,
    model: `t/prod/main/m${n}`,
    at: startUs + afterUs,
    features: feature === undefined ? [] : [{ ...first!, feature }],
    ...changes,
  });
}

const silent = (n: number, afterUs: number): EpisodeOpened => opens(n, afterUs, { kind: "silent" });
const shift = (n: number, afterUs: number, feature: string): EpisodeOpened =>
  opens(n, afterUs, { feature });

/** How many incidents there are in the end. */
function incidentsOf(
  episodes: readonly EpisodeOpened[],
  sourceModels: number,
  { groupWithinMs }: { readonly groupWithinMs: number } = moment,
): number {
  const models = new Map([
    ["t/prod/main/", sourceModels],
    ["t/prod/other/", sourceModels],
  ]);
  const placing = new Placing({ open: new Map(), memberships: new Map(), sourceModels: models });
  const incidents = new Set<string>();
  for (const episode of episodes) {
    const now = { ...moment, groupWithinMs, nowMs: episode.at / 1000 };
    const { incident, absorbs } = placing.take(episode, now);
    incidents.add(incident);
    for (const absorbed of absorbs) incidents.delete(absorbed);
  }
  return incidents.size;
}

const several = (count: number, episode: (n: number) => EpisodeOpened): readonly EpisodeOpened[] =>
  Array.from({ length: count }, (_, n) => episode(n));

describe("models that one cause broke together", () => {
  it("have an incident each where the configuration says 0s", () => {
    const shifts = several(9, (n) => shift(n, 0, "cpu_usage"));
    expect(incidentsOf(shifts, 9, { groupWithinMs: 0 })).toBe(9);
    const silences = several(9, (n) => silent(n, 0));
    expect(incidentsOf(silences, 9, { groupWithinMs: 0 })).toBe(9);
  });

  it("share an incident: 40 models of one source that fall silent over an hour", () => {
    expect(
      incidentsOf(
        several(40, (n) => silent(n, n * 90 * second)),
        40,
      ),
    ).toBe(1);
  });

  it("share an incident: 200 models in which the same feature is guilty", () => {
    expect(
      incidentsOf(
        several(200, (n) => shift(n, n * second, "age")),
        1000,
      ),
    ).toBe(1);
  });

  it("share an incident whatever the kind is, as long as the feature is the same", () => {
    const missing = opens(2, second, { kind: "feature_missing", feature: "age" });
    expect(incidentsOf([shift(1, 0, "age"), missing], 40)).toBe(1);
  });

  it("share an incident where no feature is guilty and the kind is the same", () => {
    const frozen = several(3, (n) => opens(n, n * second, { kind: "frozen", feature: `f${n}` }));
    expect(incidentsOf(frozen, 40)).toBe(1);
  });

  it("share an incident when a quarter of the source breaks, each model in its own way", () => {
    expect(
      incidentsOf(
        several(200, (n) => shift(n, n * 10_000, `f${n}`)),
        200,
      ),
    ).toBe(1);
    expect(
      incidentsOf(
        several(200, (n) => shift(n, n * 10_000, `f${n % 4}`)),
        200,
      ),
    ).toBe(1);
  });
});

describe("two causes are two incidents", () => {
  it("of one kind in different features 20 s apart", () => {
    expect(incidentsOf([shift(1, 0, "age"), shift(2, 20 * second, "income")], 2)).toBe(2);
  });

  it("of one kind in different features 20 s apart, each in twenty models of forty", () => {
    const first = several(20, (n) => shift(n, 0, "age"));
    const others = several(20, (n) => shift(20 + n, 20 * second, "income"));
    expect(incidentsOf([...first, ...others], 40)).toBe(2);
  });

  it("of one feature in two sources, environments or tenants", () => {
    const elsewhere = ["t/prod/other/m", "t/test/main/m", "u/prod/main/m"].map((model, n) =>
      opens(n, 0, { feature: "age", model }),
    );
    expect(incidentsOf([shift(9, 0, "age"), ...elsewhere], 40)).toBe(4);
  });

  it("of a few models of a large source, each in its own feature", () => {
    expect(
      incidentsOf(
        several(6, (n) => shift(n, n * second, `f${n}`)),
        40,
      ),
    ).toBe(6);
  });

  it("when one is a silence and the other is not", () => {
    expect(incidentsOf([shift(1, 0, "age"), silent(2, second)], 2)).toBe(2);
  });

  test.prop([
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 0, max: 899 }),
  ])("however many models each has, and however close they are", (many, few, apart) => {
    const first = several(many, (n) => shift(n, 0, "age"));
    const others = several(few, (n) => shift(many + n, apart * second, "income"));
    expect(incidentsOf([...first, ...others], many + few)).toBe(2);
  });
});

describe("the window", () => {
  it("counts from the first episode's own time and never slides", () => {
    const at = [0, 14, 15, 16].map((minutes, n) => shift(n, minutes * minute, "age"));
    expect(incidentsOf(at.slice(0, 3), 40)).toBe(1);
    expect(incidentsOf(at, 40)).toBe(2);
  });

  it("is as long as it is set", () => {
    const first: Candidate = {
      incident: "i",
      at: startUs,
      cause: causeOf(shift(1, 0, "age")),
      size: 1,
      untold: false,
    };
    const candidates = { own: undefined, open: [first], sourceModels: 40 };
    const joins = (afterUs: number): string | undefined =>
      place(shift(2, afterUs, "age"), candidates, { ...moment, groupWithinMs: 1000 }).joins;
    expect([joins(second), joins(second + 1)]).toEqual(["i", undefined]);
  });
});

const own = (changes: Partial<Membership>): Membership => ({
  incident: "own",
  state: "joined",
  kind: "shift",
  cause: causeOf(shift(1, 0, "age")),
  shared: true,
  resolvedAtMs: undefined,
  ...changes,
});
const joins = (episode: Parameters<typeof place>[0], membership: Membership): string | undefined =>
  place(episode, { own: membership, open: [], sourceModels: 40 }, moment).joins;

describe("a subject", () => {
  it("stays in the incident that it has not left, whatever opens", () => {
    expect(joins(silent(1, hour), own({}))).toBe("own");
    expect(joins(silent(1, hour), own({ state: "recovered" }))).toBe("own");
  });

  it("that left opens a new incident by another kind and feature, and comes back by the same", () => {
    const left = own({ state: "left" });
    expect(joins(silent(1, hour), left)).toBeUndefined();
    expect(joins(shift(1, hour, "income"), left)).toBeUndefined();
    expect(joins(shift(1, hour, "age"), left)).toBe("own");
    expect(joins(shift(1, hour, "income"), own({ state: "left", shared: false }))).toBe("own");
  });

  it("reopens a resolved incident within the reopen duration only", () => {
    const [soon, late] = [3_600_000, 3_600_001].map((agoMs) =>
      joins(shift(1, 0, "age"), own({ state: "left", resolvedAtMs: moment.nowMs - agoMs })),
    );
    expect([soon, late]).toEqual(["own", undefined]);
  });

  it("joins what the same cause breaks now rather than reopen its own of yesterday", () => {
    const now: Candidate = {
      incident: "now",
      at: startUs,
      cause: causeOf(shift(1, 0, "age")),
      size: 3,
      untold: false,
    };
    const before = own({ state: "left", resolvedAtMs: moment.nowMs - 1000 });
    const candidates = { own: before, open: [now], sourceModels: 40 };
    expect(place(shift(1, 0, "age"), candidates, moment).joins).toBe("now");
  });

  it("that is a service shares with nobody", () => {
    const open = [{ incident: "i", at: startUs, cause: "kind\noom", size: 1, untold: true }];
    const candidates = { own: undefined, open, sourceModels: 0 };
    expect(place(serviceEpisode({ at: startUs }), candidates, moment).joins).toBeUndefined();
  });
});

describe("an incident that has its ticket", () => {
  it("is never made a part of another one", () => {
    const open = several(5, (n) => shift(n, 0, `f${n}`)).map(
      (episode, n): Candidate => ({
        incident: `i${n}`,
        at: episode.at,
        cause: causeOf(episode),
        size: 1,
        untold: n !== 2,
      }),
    );
    const candidates = { own: undefined, open, sourceModels: 6 };
    expect(place(shift(9, second, "f9"), candidates, moment)).toEqual({
      joins: "i0",
      absorbs: ["i1", "i3", "i4"],
    });
  });
});
