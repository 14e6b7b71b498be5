/** What is opened about a service, and that it is opened once. */
import { array, assert, constantFrom, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Followed, follow, type ServiceWatch } from "../../src/probes/follow.ts";
import type { ProbeFinding, ProbeLook, ProbeQuestion } from "../../src/probes/probe.ts";
import type { ProbedService } from "../../src/probes/service.ts";

const service: ProbedService = {
  subject: { kind: "service", tenant: "default", environment: "production", name: "openclaw" },
  container: ["app=openclaw"],
  health: [],
  needs: ["db"],
  background: false,
  startGraceMs: 0,
  everyMs: 60_000,
  memoryAbove: 0.85,
};
const question = (id: string, way: ProbeQuestion["way"]): ProbeQuestion => ({
  id,
  kind: id,
  place: id,
  service,
  way,
  look: async () => ({ answer: { status: "fine" } }),
});
const container = question("container", "container");
const life = question("http", "endpoint");
const memory = question("memory", undefined);
const questions = [container, life, memory];

const fine: ProbeLook = { answer: { status: "fine" } };
const fails = (finding: Partial<ProbeFinding>): ProbeLook => ({
  answer: {
    status: "failing",
    finding: {
      kind: "down",
      reach: "silent",
      class: "infrastructure",
      said: "is silent",
      ...finding,
    },
  },
});
const oom = fails({ kind: "oom", said: "was killed for its memory", certain: true });
const full = fails({ kind: "memory", reach: "near", said: "uses 90 %" });

type Step = readonly [ProbeQuestion, ProbeLook];

function following(steps: readonly Step[], from: ServiceWatch = {}): readonly Followed[] {
  let watch = from;
  return steps.map(([asked, look], n) => {
    const moment = { nowMs: 1000 + n * 1000, needs: [], questions };
    const followed = follow(watch, { question: asked, look }, moment);
    // What is stored is read again as JSON.
    watch = JSON.parse(JSON.stringify(followed.watch));
    return followed;
  });
}

const events = (steps: readonly Step[]): readonly string[] =>
  following(steps).flatMap(({ event }) => {
    if (event === undefined) return [];
    return event.type === "episode_closed" ? "over" : `${event.severity} ${event.kind}`;
  });

describe("an episode of a service", () => {
  it("opens once, and is over once", () => {
    const steps: readonly Step[] = [
      [life, fails({})],
      [life, fails({})],
      [life, fails({})],
      [life, fails({})],
      [life, fine],
      [life, fine],
      [life, fine],
    ];
    expect(events(steps)).toEqual(["P0 down", "over"]);
  });

  it("says a worse severity and a new kind, and nothing that gets better", () => {
    const steps: readonly Step[] = [
      [memory, full],
      [memory, full],
      [container, oom],
      [life, fails({})],
      [life, fails({})],
      [life, fine],
      [life, fine],
      [container, fine],
      [container, fine],
      [memory, fine],
      [memory, fine],
    ];
    // One silent answer is enough where the engine says that no container runs.
    expect(events(steps)).toEqual(["P2 memory", "P1 oom", "P0 oom", "over"]);
  });

  it("closes the newest episode, so that no earlier one stays open", () => {
    const followed = following([
      [memory, full],
      [memory, full],
      [container, oom],
      [container, fine],
      [container, fine],
      [memory, fine],
      [memory, fine],
    ]);
    const opened = followed.flatMap(({ event }) =>
      event?.type === "episode_opened" ? event.id : [],
    );
    const closed = followed.flatMap(({ event }) =>
      event?.type === "episode_closed" ? event.episode : [],
    );
    expect(opened).toHaveLength(2);
    expect(closed).toEqual([opened[1]]);
  });

  it("says which service that it needs is broken", () => {
    const needs = [{ service: "db", kind: "down", sinceMs: 5 } as const];
    const { watch } = follow(
      {},
      { question: life, look: fails({}) },
      { nowMs: 1, needs, questions },
    );
    const { event } = follow(
      watch,
      { question: life, look: fails({}) },
      { nowMs: 2, needs, questions },
    );
    expect(event).toMatchObject({ needs });
  });

  it("expects an endpoint to fail where a person has stopped every container", () => {
    const stopped: ProbeLook = { ...fine, seen: { replicas: {}, starts: [], stopped: true } };
    const steps: readonly Step[] = [
      [container, stopped],
      [life, fails({})],
      [life, fails({})],
      [life, fails({})],
    ];
    expect(events(steps)).toEqual([]);
  });

  it("forgets a question that is no longer configured", () => {
    const former = { standings: { "http old": { recent: "xxx", failing: true } } };
    const [followed] = following([[life, fine]], former);
    expect(Object.keys(followed?.watch.standings ?? {})).toEqual(["container", "http", "memory"]);
  });

  it("opens and closes in turns, whatever the probes say", () => {
    const step = tuple(
      constantFrom(...questions),
      constantFrom(fine, fails({}), oom, full, {
        answer: { status: "unasked", reason: "away" },
      } as const),
    );
    assert(
      property(array(step, { maxLength: 60 }), (steps) => {
        let open: string | undefined;
        for (const { event, watch } of following(steps)) {
          const closes = event?.type === "episode_closed";
          expect(closes ? event.episode : open).toBe(open);
          if (event !== undefined) open = closes ? undefined : event.id;
          expect(watch.open?.episode).toBe(open);
        }
      }),
    );
  });
});
