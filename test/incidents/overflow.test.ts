/** The budget of new tickets (FR-S3): what is beyond it shares a digest that says so. */
import { describe, expect, it } from "vitest";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import { type Digest, isDigest } from "../../src/incidents/digest.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import { IncidentSet } from "../../src/incidents/incident-set.ts";
import { Placing } from "../../src/incidents/placing.ts";
import type { ReducerSettings } from "../../src/incidents/reduce/aspect.ts";
import type { ServiceSubject } from "../../src/incidents/subject.ts";
import { type Outcome, takeEvent } from "../../src/incidents/take-event.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { episodeClosed, episodeOpened, serviceEpisode } from "../fakes/episodes.ts";

const startMs = 1_760_000_000_000;
const minute = 60_000;
const settings: ReducerSettings = {
  ticketed: true,
  resolveAfterMs: 15 * minute,
  reopenDurationMs: 60 * minute,
  healthAfterMs: minute,
  fixesFor: () => [],
};

/** Incidents with a budget of so many new tickets. */
class Scene {
  readonly incidents = new IncidentSet({ incidents: [], members: [], nextNumber: 1 });
  readonly #placing = new Placing({
    open: new Map(),
    memberships: new Map(),
    sourceModels: new Map(),
  });
  #left: number;

  constructor(budget: number) {
    this.#left = budget;
  }

  take(event: IncidentEvent, incident?: string, nowMs = startMs): Outcome | undefined {
    const at = { nowMs, settings, ticketsLeft: this.#left };
    const placed =
      event.type === "episode_opened"
        ? this.#placing.take(event, { ...settings, nowMs })
        : undefined;
    const outcome = takeEvent(
      this.incidents,
      { event, incident: placed?.incident ?? incident, placed },
      at,
    );
    if (outcome?.promisesTicket === true) this.#left -= 1;
    return outcome;
  }

  get digests(): readonly Digest[] {
    return this.incidents.changed("new").filter(isDigest);
  }
}

/** Each of another source, so that each is an incident. */
const opens = (n: number): EpisodeOpened =>
  episodeOpened({ id: `e${n}`, model: `t/prod/s${n}/m`, at: startMs * 1000 });
const closes = (n: number): IncidentEvent =>
  episodeClosed({ id: `c${n}`, episode: `e${n}`, model: `t/prod/s${n}/m` });
const service = (name: string): ServiceSubject => ({
  kind: "service",
  tenant: "t",
  environment: "prod",
  name,
});
const kinds = (outcome: Outcome | undefined): readonly string[] =>
  outcome?.effects.map(({ incident, planned }) => `${planned.effect.kind} of ${incident}`) ?? [];

/** Two tickets are allowed, and five incidents open. */
function flooded(): { readonly scene: Scene; readonly promised: readonly string[] } {
  const scene = new Scene(2);
  const promised = [0, 1, 2, 3, 4].flatMap((n) => kinds(scene.take(opens(n))));
  return { scene, promised };
}

describe("incidents beyond the budget of new tickets", () => {
  it("share one ticket that says so and names them", () => {
    const { scene, promised } = flooded();
    expect(promised).toEqual([
      "ticket.open of inc-e0",
      "ticket.open of inc-e1",
      "ticket.open of inc-overflow-e2",
    ]);
    const [digest] = scene.digests;
    const { title, message } = incidentText(digest!, {});
    expect(title).toBe("3 more incidents of t/prod: too many for a ticket each");
    expect(plainText(message)).toContain("incidents.max_new_tickets");
    expect(digest).toMatchObject({ state: "open", stillOpen: 3 });
    expect(digest?.entries.map(({ incident }) => incident)).toEqual([3, 5, 6]);
  });

  it("have it closed when all of them are over and it stayed quiet", () => {
    const { scene } = flooded();
    const [{ id } = { id: "" }] = scene.digests;
    scene.take({ type: "ticket_opened", ticket: { id: "1", key: "IR-1", url: "u" } }, id);
    for (const n of [2, 3, 4]) {
      expect(scene.digests[0]?.state).toBe("open");
      scene.take(closes(n), `inc-e${n}`);
      scene.take({ type: "quiet_passed", episode: `e${n}` }, `inc-e${n}`, startMs + 15 * minute);
    }
    expect(scene.digests[0]).toMatchObject({ state: "recovered", stillOpen: 0 });
    const early = { type: "quiet_passed", episode: "e4" } as const;
    expect(kinds(scene.take(early, id, startMs + 20 * minute))).toEqual([]);
    const last = scene.take(early, id, startMs + 30 * minute);
    expect(kinds(last)).toEqual([`ticket.resolve of ${id}`]);
    expect(scene.digests[0]?.state).toBe("resolved");
  });

  it("are never those of P0: they have their own ticket, also when they become P0 later", () => {
    const { scene } = flooded();
    const grave = serviceEpisode({ id: "s1", service: service("a"), severity: "P0" });
    expect(kinds(scene.take(grave))).toEqual(["ticket.open of inc-s1"]);
    const mild = serviceEpisode({ id: "s2", service: service("b"), severity: "P2" });
    expect(kinds(scene.take(mild))).toEqual(["ticket.open of inc-overflow-e2"].slice(1));
    expect(scene.digests[0]?.stillOpen).toBe(4);
    const worse = kinds(scene.take({ ...mild, id: "s3", severity: "P0" }));
    expect(worse).toContain("ticket.open of inc-s2");
    expect(scene.digests[0]?.stillOpen).toBe(3);
  });

  it("have no ticket of their own by the way: nothing of theirs is asked of the tracker twice", () => {
    const { scene } = flooded();
    const again = scene.take({ ...opens(2), id: "e2-again" });
    expect(kinds(again)).not.toContain("ticket.open of inc-e2");
    expect(scene.digests[0]?.occurrences).toBe(3);
  });
});

describe("the budget of new tickets", () => {
  it("is used up by new tickets only: what comes again in its own ticket is free", () => {
    const scene = new Scene(1);
    scene.take(opens(0));
    scene.take({ type: "ticket_opened", ticket: { id: "1", key: "IR-1", url: "u" } }, "inc-e0");
    scene.take(closes(0), "inc-e0");
    scene.take({ type: "quiet_passed", episode: "e0" }, "inc-e0");
    const again = episodeOpened({ id: "e9", model: "t/prod/s0/m", at: startMs * 1000 });
    expect(kinds(scene.take(again))).toContain("ticket.open of inc-e0");
    expect(scene.digests).toEqual([]);
  });

  it("limits nobody where there is no tracker, and is endless where none is set", () => {
    const scene = new Scene(Number.POSITIVE_INFINITY);
    const opened = Array.from({ length: 50 }, (_, n) => kinds(scene.take(opens(n)))).flat();
    expect(opened).toHaveLength(50);
  });
});
