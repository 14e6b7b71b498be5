/** What happens to a container that an interrupted restart left stopped, or that was started again after it. */
import { describe, expect, it } from "vitest";
import { restartContainer } from "../../remediations/restart-container.ts";
import { simulatedEngine } from "../../src/sandbox/docker.ts";
import { steppingClock } from "./stepping-clock.ts";

const begunAtMs = Date.parse("2026-03-01T12:00:00Z");

async function scene() {
  const clock = steppingClock();
  const containers = [{ name: "svc-1", labels: { app: "my-service" } }];
  const engine = simulatedEngine({ containers, clock });
  const config = restartContainer.config.parse({ target: { label: "app=my-service" } });
  const remediation = restartContainer.create(config, { docker: engine, clock });
  const [target] = await remediation.resolve();
  if (target === undefined) throw new Error("expected a target");
  return { remediation, engine, target };
}

async function stoppedAt(finishedAt: string | undefined) {
  const found = await scene();
  found.engine.change("svc-1", { state: "exited", finishedAt });
  return found;
}

describe("what an interrupted restart left stopped", () => {
  it("is started, once, when it ended while the restart went on", async () => {
    const { remediation, engine, target } = await stoppedAt("2026-03-01T12:00:07.123456789Z");
    expect((await remediation.lookUp(target, begunAtMs)).status).toBe("done");
    expect(engine.ledger.map(({ verb }) => verb)).toEqual(["start"]);
  });

  it.each([
    ["before the restart began", "2026-03-01T11:59:50Z"],
    ["long after it", "2026-03-01T12:00:40Z"],
    ["at a time that the engine does not say", undefined],
  ])("stays stopped when it ended %s: somebody else stopped it", async (_when, finishedAt) => {
    const { remediation, engine, target } = await stoppedAt(finishedAt);
    expect((await remediation.lookUp(target, begunAtMs)).status).toBe("failed");
    expect(engine.ledger).toEqual([]);
  });
});

describe("health after a restart", () => {
  it("counts a container without a check as unhealthy when it was started again since the act", async () => {
    const { remediation, target } = await scene();
    expect(await remediation.health(target, target.snapshot)).toBe("healthy");
    expect(await remediation.health(target, { started_at: "earlier" })).toBe("unhealthy");
  });
});
