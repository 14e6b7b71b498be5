import { describe, expect, it } from "vitest";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { onlyMember } from "../../src/incidents/member.ts";
import type { Moment } from "../../src/incidents/reduce/aspect.ts";
import { aspects, reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeClosed, episodeOpened, openIncident, serviceEpisode } from "../fakes/episodes.ts";
import { run } from "../fakes/reducing.ts";

const hour = 3_600_000;
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
/** Two hours after the example's episode: late, with a tracker and a fix. */
const late: Moment = {
  nowMs: 1_760_000_000_000 + 2 * hour,
  nextNumber: 8,
  settings: {
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => [],
    ticketed: true,
  },
};

function step(incident: Incident | undefined, event: IncidentEvent): Step {
  const result = reduce(incident, event, { ...late, nowMs: 1_760_000_060_000 });
  if (result === undefined) throw new Error("the reducer ignored the event");
  return result;
}

const kinds = (result: Step): readonly string[] => result.effects.map(({ effect }) => effect.kind);

describe("an incident about a service", () => {
  it("opens, repeats and resolves as one about a model does", () => {
    const first = step(undefined, serviceEpisode());
    expect(first.incident).toMatchObject({
      subject: { kind: "service", name: "checkout" },
      severity: "P1",
      kinds: ["oom"],
    });
    expect(kinds(first)).toEqual(["ticket.open"]);
    const again = step(first.incident, serviceEpisode({ id: "s2", kind: "restart_loop" }));
    expect(again.incident).toMatchObject({ occurrences: 2, kinds: ["oom", "restart_loop"] });
    expect(kinds(again)).toEqual([]);
    const closed = step(again.incident, episodeClosed({ episode: "s2" }));
    expect(closed.incident.state).toBe("recovered");
  });

  it("has another fingerprint than a model of the same name", () => {
    const name = "checkout";
    const model = episodeOpened({ model: `default/production//${name}` });
    const service = step(undefined, serviceEpisode()).incident.fingerprint;
    expect(step(undefined, model).incident.fingerprint).not.toBe(service);
  });
});

/** Every event there is, on incidents of every state. */
const transitions = (["open", "recovered", "resolved"] as const).flatMap((state) =>
  [true, false].flatMap((ticketed) => {
    const incident = openIncident({ state, runs: [run], ...(ticketed && { ticket }) });
    const at = 1_760_000_000_000_000;
    const verified = { type: "verified", id: "v1", run: "r1", model: "m", at } as const;
    const events: readonly IncidentEvent[] = [
      episodeOpened({ id: "e2", kind: "silent" }),
      episodeClosed(),
      { ...verified, outcome: "recovered", detail: "3 of 3 clean." },
      { type: "ticket_opened", ticket },
      { type: "run_changed", run },
      { type: "health_checked", run: "r1", healthy: false, detail: "gone" },
      { type: "quiet_passed", episode: "e1" },
      { type: "members_due" },
    ];
    const member = onlyMember(incident);
    return events.map((event) => ({
      before: incident,
      incident,
      memberBefore: member,
      member,
      event,
      moment: late,
    }));
  }),
);

describe("the aspects of an incident", () => {
  it("own no field twice", () => {
    const owned = aspects.flatMap(({ slice }) => slice);
    expect(new Set(owned).size).toBe(owned.length);
  });

  it.each(aspects.map((aspect) => [aspect.name, aspect] as const))(
    "%s: writes its own fields only, whatever happens",
    (_name, aspect) => {
      const written = transitions.flatMap((transition) =>
        Object.keys(aspect.take(transition)?.slice ?? {}),
      );
      expect(written.filter((field) => !aspect.slice.some((own) => own === field))).toEqual([]);
    },
  );

  it("together write all that an event can change", () => {
    const owned = new Set<string>(aspects.flatMap(({ slice }) => slice));
    const unowned = (incident: Incident): unknown =>
      Object.entries(incident).filter(([field]) => !owned.has(field));
    const steps = transitions.flatMap(({ before, event, moment }) => {
      const after = reduce(before, event, moment)?.incident;
      return after?.id === before.id ? [[before, after] as const] : [];
    });
    expect(steps.map(([, after]) => unowned(after))).toEqual(
      steps.map(([before]) => unowned(before)),
    );
  });
});
