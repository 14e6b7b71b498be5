/** The verbs that read of a container what it wrote, used and went through: whom the executor shows it. */
import { afterEach, describe, expect, it } from "vitest";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import { systemClock } from "../../src/clock.ts";
import { type SimulatedEngine, simulatedEngine } from "../../src/sandbox/docker.ts";
import { startTestExecutor, type TestExecutor } from "./started.ts";

const containers = ["svc-1", "secret"].map((name) => ({ name, labels: { app: name } }));
let executor: TestExecutor;

afterEach(() => executor.stop());

async function started(verbs: readonly string[]) {
  const real: SimulatedEngine = simulatedEngine({ containers, clock: systemClock });
  const allow = [{ name: "svc-1", labels: [], verbs, allowStateful: false }];
  executor = await startTestExecutor({ engine: real, limits: { allow } });
  const idOf = async (name: string) => (await real.list([`app=${name}`]))[0]?.id ?? "";
  return { engine: openExecutor({ socket: executor.socket }), idOf, real };
}

describe("#18: an executor", () => {
  it("shows the logs of the containers whose logs are allowed, and of no other", async () => {
    const { engine, idOf } = await started(["restart", "logs"]);
    expect(await engine.logs(await idOf("svc-1"), { lines: 9 })).toEqual({ lines: [], cut: false });
    await expect(engine.logs(await idOf("secret"), { lines: 9 })).rejects.toMatchObject({
      code: "DW_EXECUTOR_LIMIT",
      message: "secret is not among the containers whose logs the executor may show",
    });
  });

  it("shows no logs where only restarts are allowed, which is the default", async () => {
    const { engine, idOf } = await started(["restart"]);
    const asked = engine.logs(await idOf("svc-1"), { lines: 9 });
    await expect(asked).rejects.toMatchObject({ code: "DW_EXECUTOR_LIMIT", maybeApplied: false });
  });

  it("shows the use and the events of every container, and writes nothing to the engine", async () => {
    const { engine, idOf, real } = await started(["restart"]);
    const id = await idOf("secret");
    await real.start(id);
    expect(await engine.usage(id)).toEqual({ memoryBytes: 0, cpuPercent: 0, pids: 1 });
    expect(await engine.events(id, 0)).toMatchObject([{ action: "start" }]);
    expect(real.ledger).toHaveLength(1);
  });

  it("says of a container that is gone that it is, whichever verb asks", async () => {
    const { engine } = await started(["logs"]);
    const none = "e".repeat(64);
    const gone = { code: "DW_DOCKER_GONE" };
    await expect(engine.logs(none, { lines: 1 })).rejects.toMatchObject(gone);
    await expect(engine.usage(none)).rejects.toMatchObject(gone);
    expect(await engine.events(none, 0)).toEqual([]);
  });
});
