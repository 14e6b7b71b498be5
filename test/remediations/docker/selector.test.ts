import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { labelsOf, type Selector, selector } from "../../../remediations/docker/selector.ts";
import { restartContainer } from "../../../remediations/restart-container.ts";
import { simulatedEngine } from "../../../src/sandbox/docker.ts";
import { steppingClock } from "../stepping-clock.ts";

const empty = fc.constantFrom("", undefined, null, [], {}, [""], false, 0);

/** What a YAML file may say when it means to say something and does not; the types do not hold there. */
const emptySelector = fc.oneof(
  empty,
  fc.record(
    { label: empty, compose_service: empty, compose_project: fc.oneof(empty, fc.string()) },
    { requiredKeys: [] },
  ),
);

describe("an empty selection", () => {
  test.prop([emptySelector])("is refused by the schema", (given) => {
    expect(selector.safeParse(given).success).toBe(false);
  });

  test.prop([emptySelector])("never yields a target, even past the schema", async (given) => {
    const clock = steppingClock();
    const containers = [
      { name: "svc-1", labels: { app: "my-service", "com.docker.compose.service": "api" } },
      { name: "bare", labels: {} },
    ];
    const engine = simulatedEngine({ containers, clock });
    const target = (given ?? {}) as Selector;
    const remediation = restartContainer.create(
      { target, grace_seconds: 0 },
      { docker: engine, clock },
    );
    expect(await remediation.resolve()).toEqual([]);
  });

  it.each(["app", "app=", "=my-service", "app= ", " =x", "="])(
    "refuses the label '%s', which would match more than one service",
    (label) => {
      expect(selector.safeParse({ label }).success).toBe(false);
    },
  );
});

describe("a selector", () => {
  it("is one label or one compose service, not both and not more", () => {
    expect(selector.safeParse({ label: "app=a" }).success).toBe(true);
    expect(selector.safeParse({ compose_service: "api", compose_project: "shop" }).success).toBe(
      true,
    );
    expect(selector.safeParse({ label: "app=a", compose_service: "api" }).success).toBe(false);
    expect(selector.safeParse({ label: "app=a", compose_project: "shop" }).success).toBe(false);
    expect(selector.safeParse({ label: "app=a", name: "x" }).success).toBe(false);
  });

  it("asks for every label it names", () => {
    expect(labelsOf({ label: "app=a=b" })).toEqual(["app=a=b"]);
    expect(labelsOf({ compose_service: "api", compose_project: "shop" })).toEqual([
      "com.docker.compose.service=api",
      "com.docker.compose.project=shop",
    ]);
  });
});
