import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { RegisteredRemediation, Remediation } from "../../remediations/remediation.ts";
import { restartContainer } from "../../remediations/restart-container.ts";
import { buildFixes } from "../../src/app/fixes.ts";
import type { StoredParts } from "../../src/app/parts.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { fakeClock } from "../fakes/clock.ts";

const nothing: Remediation = {
  resolve: async () => [],
  act: async () => ({ status: "failed", detail: "nothing there" }),
  plan: () => ({ does: "restarts it", parameters: {} }),
  lookUp: async () => ({ status: "failed", detail: "nothing there" }),
  health: async () => "gone",
};

const rename: RegisteredRemediation = {
  name: "rename",
  tier: "auto",
  config: z.strictObject({}),
  requires: [],
  create: () => nothing,
};

function parts(
  text: string,
  types: readonly RegisteredRemediation[],
): Pick<StoredParts, "config" | "clock"> {
  const base =
    "store: {url: postgres://u@127.0.0.1/d}\nsources: {main: {url: postgres://u@127.0.0.1/d}}\n";
  return {
    config: parseConfig(base + text, { file: "dw.yaml", remediations: types }),
    clock: fakeClock(),
  };
}

describe("the fixes of a configuration", () => {
  it("are built without a container engine when their remediations require none", () => {
    const types = [restartContainer, rename];
    const given = parts("fixes: [{name: a, do: rename, when: {model: m}}]", types);
    expect(buildFixes(given, types, {})).toMatchObject([
      {
        fix: { name: "a", remediation: "rename", tier: "auto", mode: "observe" },
        remediation: nothing,
      },
    ]);
  });

  it("have the maintenance windows of the configuration", () => {
    const healing =
      "healing: {maintenance: [{name: n, days: [fri, sun], from: 23:30, to: 01:05, time_zone: Europe/Berlin, when: {service: api, kind: shift}}]}\n";
    const given = parts(`${healing}fixes: [{name: a, do: rename, when: {model: m}}]`, [rename]);
    expect(buildFixes(given, [rename], {})[0]?.fix.maintenance).toEqual([
      {
        name: "n",
        days: [5, 0],
        from: 1410,
        to: 65,
        timeZone: "Europe/Berlin",
        matchers: { services: ["api"], kinds: ["shift"] },
      },
    ]);
  });

  it("are never passed over: one that was not checked is a defect", () => {
    const given = parts("fixes: [{name: a, do: rename, when: {model: m}}]", [rename]);
    expect(() => buildFixes(given, [], {})).toThrow("was not checked");
  });
});
