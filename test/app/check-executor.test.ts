import { describe, expect, it } from "vitest";
import { lookAtExecutor } from "../../src/app/check-executor.ts";
import { systemClock } from "../../src/clock.ts";
import { simulatedEngine } from "../../src/sandbox/docker.ts";
import { version } from "../../src/version.ts";
import { startTestExecutor } from "../executor/started.ts";

describe("check of the executor", () => {
  it("says that it answers, its version, what it offers and what it may do", async () => {
    const engine = simulatedEngine({ containers: [], clock: systemClock });
    const executor = await startTestExecutor({ engine });
    try {
      const [itself, ...limits] = await lookAtExecutor(executor.socket, 10_000);
      expect(itself).toMatchObject({ ok: true, doubtful: version !== "0.1.0" });
      expect(itself?.message).toContain(
        "it offers version, list, inspect, dependants, logs, usage, events, restart",
      );
      expect(limits.map(({ message }) => message)).toEqual([
        "may restart, logs on app=my-service",
        "may act at most 1000 per 1h on one container, 1000 per 1h on all",
      ]);
    } finally {
      await executor.stop();
    }
  });

  it("says what to do when nobody listens", async () => {
    const [found, ...more] = await lookAtExecutor("/tmp/driftwarden-nobody.sock", 10_000);
    expect(found).toMatchObject({ ok: false, code: "DW_EXECUTOR_UNREACHABLE" });
    expect(found?.hint).toContain("systemctl start driftwarden-executor.socket");
    expect(more).toEqual([]);
  });
});
