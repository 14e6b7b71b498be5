import { describe, expect, it } from "vitest";
import { addToDigest, entryOf } from "../../../src/incidents/digest.ts";
import {
  fromDocument,
  type IncidentDocument,
  subjectColumn,
  toDocument,
} from "../../../src/store/incidents/document.ts";
import { toJson } from "../../../src/store/json.ts";
import { episodeOpened, openIncident, serviceEpisode } from "../../fakes/episodes.ts";

const stored = (document: IncidentDocument): IncidentDocument => JSON.parse(toJson(document));
const ticket = { id: "1", key: "IR-1", url: "http://jira/IR-1" };
const { service } = serviceEpisode();
const moment = { nowMs: 1, nextNumber: 9, settings: { resolveAfterMs: 1 } };
const digest = addToDigest(undefined, entryOf(openIncident(), 1), moment).digest;

describe("the document of an incident", () => {
  it.each([
    ["open", openIncident()],
    ["resolved", openIncident({ state: "resolved", resolvedAtMs: 5, ticket })],
    ["in the digest", openIncident({ state: "resolved", resolvedAtMs: 5, inDigest: true })],
    ["about a service", openIncident({ subject: service, episode: serviceEpisode() })],
    ["a digest", digest],
    ["a digest with a ticket", { ...digest, ticket }],
  ])("gives the incident back: %s", (_name, incident) => {
    expect(fromDocument(stored(toDocument(incident)))).toEqual(JSON.parse(toJson(incident)));
  });

  it("spells the model, the digest and its entries as the first program did", () => {
    const { model } = episodeOpened();
    expect(toDocument(openIncident({ inDigest: true }))).toMatchObject({ model, inSummary: true });
    expect(toDocument(openIncident())).not.toHaveProperty("inSummary");
    expect(toDocument(openIncident())).not.toHaveProperty("subject");
    expect(toDocument(digest)).toMatchObject({
      model: "default/production//",
      episode: { id: "e1" },
      missed: [{ incident: 7, episode: { id: "e1" } }],
      kinds: ["shift"],
      runs: [],
    });
  });

  it("has its subject as text beside it, the text that the fingerprint is made of", () => {
    expect(subjectColumn(openIncident())).toBe("model\ndefault/production/main/churn-v7");
    expect(subjectColumn(digest)).toBe("missed\ndefault/production//");
    const about = openIncident({ subject: service, episode: serviceEpisode() });
    expect(subjectColumn(about)).toBe("service\ndefault/production//checkout");
  });
});
