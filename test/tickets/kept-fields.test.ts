/** Fields that a route keeps up to date on a ticket, at both flavours of Jira: people's edits win. */
import { describe, expect, it, onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { keptFieldIds, ticketHelp } from "../../src/app/ticket-help.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { exampleIncident } from "./example-incident.ts";
import { openExample } from "./jira/open-example.ts";
import { type Room, remembering, room, ticketed } from "./room.ts";

const option = "customfield_10010";
const plain = "customfield_10011";
const configured = (fields: string) =>
  parseConfig(
    `store: {url: postgres://h/d}\nsources: {main: {}}\nroutes: [{fields: {${fields}}}]\n`,
    { file: "dw.yaml", remediations },
  );
const config = configured(
  `${option}: {set: {value: "{{kind}}"}, refresh: true}, ${plain}: "{{kind}}"`,
);

async function kept(options: Parameters<typeof startJiraSandbox>[0] = {}) {
  const sandbox = await startJiraSandbox(options);
  onTestFinished(() => sandbox.stop());
  const tracker = openExample(sandbox.url, { keptFields: keptFieldIds(config) });
  const priorities = { P0: "Highest", P1: "High", P2: "Low" };
  const place = room({ tracker, context: { priorities, ...ticketHelp(config, []) } });
  const incident = await ticketed(place);
  const custom = () => sandbox.issues()[0]?.custom;
  const people = (values: Readonly<Record<string, unknown>>): void => {
    for (const issue of sandbox.issues()) issue.custom = { ...issue.custom, ...values };
  };
  return { place, incident, custom, people };
}

const as = (incident: Incident, kind: "leak" | "frozen"): Incident => ({
  ...incident,
  episode: exampleIncident({ kind }).episode,
});

async function updated(place: Room, incident: Incident): Promise<Incident> {
  return remembering(incident, await place.ticketing.update(incident), place.now());
}

describe.each(["Cloud", "Server"] as const)("a field with refresh: true (%s)", (deployment) => {
  it("follows the incident at each update, and one without it stays as it was opened", async () => {
    const { place, incident, custom } = await kept({ deployment });
    expect(custom()).toEqual({ [option]: { value: "shift" }, [plain]: "shift" });
    const leaking = await updated(place, as(incident, "leak"));
    expect(custom()).toEqual({ [option]: { value: "leak" }, [plain]: "shift" });
    await updated(place, as(leaking, "frozen"));
    expect(custom()).toEqual({ [option]: { value: "frozen" }, [plain]: "shift" });
  });

  it("is left for ever once a person set it", async () => {
    const { place, incident, custom, people } = await kept({ deployment });
    people({ [option]: { value: "ours", id: "7" } });
    const leaking = await updated(place, as(incident, "leak"));
    await updated(place, as(leaking, "frozen"));
    expect(custom()).toMatchObject({ [option]: { value: "ours" } });
  });

  it("is known again as ours by what the tracker adds to it", async () => {
    const { place, incident, custom, people } = await kept({ deployment });
    people({ [option]: { value: "shift", id: "7", self: "http://jira/option/7" } });
    await updated(place, as(incident, "leak"));
    expect(custom()).toMatchObject({ [option]: { value: "leak" } });
  });

  it("goes on being kept after an update whose answer was lost", async () => {
    const { place, incident, custom } = await kept({ deployment });
    const writes: string[] = [];
    const willWrite = (names: readonly string[]) => void writes.push(...names);
    const leaking = as(incident, "leak");
    await place.ticketing.update(leaking, { attempt: { unknown: false, willWrite } });
    const attempt = { unknown: true, mayHaveWritten: writes };
    const outcome = await place.ticketing.update(leaking, { attempt });
    const known = remembering(leaking, outcome, place.now());
    await updated(place, as(known, "frozen"));
    expect(custom()).toMatchObject({ [option]: { value: "frozen" } });
  });

  it("keeps no other text of the ticket from being true where the project refuses it", async () => {
    const { place, incident, custom } = await kept({ deployment, offScreen: [option] });
    expect(custom()).toEqual({ [plain]: "shift" });
    const outcome = await place.ticketing.update(as(incident, "leak"));
    expect(outcome.change).toBe("updated");
    expect(custom()).toEqual({ [plain]: "shift" });
  });
});

it("a field whose refresh is not said as {set: VALUE, refresh: true} is no configuration", () => {
  for (const field of ["{value: x, refresh: true}", "{set: x, refresh: yes-please}"])
    expect(() => configured(`${option}: ${field}`)).toThrow("expected {set: VALUE, refresh: true}");
  expect(keptFieldIds(configured(`${option}: {set: x, refresh: false}`))).toEqual([]);
});
