/** Which kinds of incidents a condition may name: in a fix, a route, a maintenance window and a freeze. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { episodeKinds } from "../../src/detection/event.ts";
import {
  incidentKinds,
  openedKinds,
  probedKinds,
  reportedKinds,
} from "../../src/incidents/episode.ts";
import { freeze } from "../../src/operator/freeze.ts";

function problemOf(line: string): string {
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\ndocker: {}\n${line}\n`;
  try {
    parseConfig(text, { file: "dw.yaml", remediations });
    return "";
  } catch (error) {
    return String(error);
  }
}

const fix = (kind: string): string =>
  problemOf(
    `fixes: [{name: a, when: {kind: ${kind}}, do: restart-container, target: {label: a=b}}]`,
  );
const route = (kind: string): string => problemOf(`routes: [{when: {kind: ${kind}}}]`);
const maintenance = (kind: string): string =>
  problemOf(
    `healing: {maintenance: [{name: n, from: 22:00, to: 06:00, time_zone: UTC, when: {kind: ${kind}}}]}`,
  );
function freezing(kind: string): string {
  const asked = { name: "sale", for: "2h", reason: "r", kind: [kind] };
  return freeze.arguments.safeParse(asked).error?.message ?? "";
}

const neverOpened = incidentKinds.filter((kind) => !openedKinds.some((opened) => opened === kind));

describe("a condition may name each kind that is opened, and no other", () => {
  it.each([
    ["a route", route],
    ["a maintenance window", maintenance],
    ["a freeze", freezing],
  ])("%s", (_, problem) => {
    expect(openedKinds.filter((kind) => problem(kind) !== "")).toEqual([]);
    expect(neverOpened.filter((kind) => problem(kind) === "")).toEqual([]);
  });

  it("a fix may not name a quarantined record, a storm, or a kind of a service", () => {
    const unfixable = ["quarantined", "storm", ...probedKinds, ...reportedKinds];
    expect(openedKinds.filter((kind) => fix(kind) !== "")).toEqual(unfixable);
    expect(neverOpened.filter((kind) => fix(kind) === "")).toEqual([]);
  });

  it("every kind of a model's episode is opened but level_shift", () => {
    const opened: readonly string[] = openedKinds;
    expect(episodeKinds.filter((kind) => !opened.includes(kind))).toEqual(["level_shift"]);
  });
});
