/** `healing.maintenance`: what is refused, and how it is told. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";

function problemOf(...windows: readonly string[]): string {
  const list = windows.map((window) => `{${window}}`).join(", ");
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\nhealing: {maintenance: [${list}]}\n`;
  try {
    parseConfig(text, { file: "dw.yaml", remediations });
    return "";
  } catch (error) {
    return String(error);
  }
}

const good = "name: n, from: 22:00, to: 06:00, time_zone: Europe/Berlin";

describe("a maintenance window of the configuration", () => {
  it("has a name, a begin, an end and a time zone", () => {
    expect(problemOf(good)).toBe("");
    expect(problemOf(`${good}, days: sat, when: {service: [a, b], model: m}`)).toBe("");
  });

  it.each([
    ["name: n, from: 22:00, to: 06:00", "time_zone"],
    [good.replace("Europe/Berlin", "Europe/Berlln"), "a time zone such as UTC or Europe/Berlin"],
    [good.replace("22:00", "22:60"), "a time of the day such as 22:00"],
    [good.replace("06:00", "25:00"), "a time of the day such as 06:00, or 24:00"],
    [good.replace("06:00", "22:00"), "a whole day is from 00:00 to 24:00"],
    [`${good}, days: [someday]`, "days"],
    [`${good}, days: []`, "lists nothing"],
    [`${good}, when: {container: a}`, "container"],
    ["name: n, from: 00:00, to: 24:00, time_zone: UTC", "no fix would run at all"],
    [`${good}, until: tomorrow`, "until"],
  ])("%s is refused", (window, problem) => {
    expect(problemOf(window)).toContain(problem);
  });

  it("has a name of its own", () => {
    expect(problemOf(good, good)).toContain("an earlier window has this name");
  });
});
