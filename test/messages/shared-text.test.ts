/** What is said of an incident that several models share (FR-S1). */
import { describe, expect, it } from "vitest";
import { scattered } from "../../src/incidents/cause.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { groupOf } from "../../src/incidents/member.ts";
import type { ListedMember } from "../../src/incidents/member-list.ts";
import { incidentText } from "../../src/messages/incident-text.ts";
import { renderNote } from "../../src/messages/note-text.ts";
import { renderNow } from "../../src/messages/now-text.ts";
import { plainText } from "../../src/messages/plain-text.ts";
import { sharedHeadline } from "../../src/messages/shared-text.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";

const rowMs = Date.UTC(2026, 10, 26, 17, 22);
const silent = episodeOpened({ kind: "silent", features: [], newestRow: rowMs * 1000 });
const lineOf = (n: number, state: ListedMember["state"] = "joined"): ListedMember => ({
  state,
  severity: "P1",
  episode: { ...silent, model: `default/production/main/m${n}` },
});

function silence(joined: number, recovered = 0, changes: Partial<Incident> = {}): Incident {
  const named = Array.from({ length: Math.min(20, joined + recovered) }, (_, n) => lineOf(n));
  return openIncident({
    episode: silent,
    members: { joined, recovered, left: 0 },
    group: { ...groupOf(silent), whole: true },
    memberList: { named, sourceModels: 40 },
    ...changes,
  });
}

describe("the title of a shared incident", () => {
  it("speaks of all models of a source that is silent as a whole", () => {
    expect(sharedHeadline(silence(40), 5)).toBe(
      "source main: all 40 models silent since 17:22 UTC",
    );
  });

  it("says how many of the source are concerned where not all are", () => {
    const group = groupOf(silent);
    expect(sharedHeadline(silence(12, 0, { group }), 5)).toContain("12 of 40 models silent since");
    expect(sharedHeadline(silence(2, 38), 5)).toContain(
      "main: 2 of 40 models silent since 17:22 UTC",
    );
  });

  it("names the feature that is guilty in all of them, or says that there is none", () => {
    const episode = episodeOpened();
    const members = { joined: 12, recovered: 0, left: 0 };
    const shared = openIncident({ episode, members });
    const title = "source main: credit_score lost its influence in all 12 models";
    expect(sharedHeadline(shared, 5)).toBe(title);
    const group = { ...groupOf(episode), cause: scattered };
    expect(sharedHeadline({ ...shared, group }, 5)).toContain("all 12 models changed at once");
  });

  it("stays readable where the source has a long name", () => {
    const model = `default/production/${"long".repeat(60)}/m`;
    const subject = { kind: "model", key: model } as const;
    expect(sharedHeadline(silence(40, 0, { subject }), 5).length).toBeLessThanOrEqual(79);
  });
});

describe("the members of a shared incident", () => {
  it("are named in its ticket up to twenty, and the rest is counted", () => {
    const text = plainText(incidentText(silence(40), {}).message);
    expect(new Set(text.match(/\bm\d+\b/g)).size).toBe(20);
    expect(text).toContain("and 20 more");
    expect(text).toContain("All 40 are broken now.");
  });

  it("are counted in the one comment beside a description that a person edited", () => {
    const text = plainText([renderNow(silence(2, 38))]);
    expect(text).toContain("38 of 40 are back to normal; 2 still broken.");
    expect(text).toContain("kept up to date");
  });

  it("are told to be more in a comment that says how many there are now", () => {
    const grown = plainText([renderNote({ about: "grown", atMs: rowMs }, silence(40))]);
    expect(grown).toContain("worse. source main: all 40 models silent since 17:22 UTC");
  });

  it("are told to be all back when they are", () => {
    const closed = { about: "closed", cause: "recovered", atMs: rowMs } as const;
    const text = plainText([renderNote(closed, silence(0, 40, { state: "recovered" }))]);
    expect(text).toContain("all of them are back to normal");
  });
});
