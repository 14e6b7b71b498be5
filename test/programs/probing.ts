/** Probes of a test: real ones, on a real store, with short intervals, and tickets in a Jira of their own. */
import { onTestFinished } from "vitest";
import type { Engine } from "../../remediations/docker/engine.ts";
import { systemClock } from "../../src/clock.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import type { RecordOptions } from "../../src/incidents/record-events.ts";
import { probeKinds } from "../../src/probes/index.ts";
import { Probing } from "../../src/probes/probing.ts";
import type { ProbedService } from "../../src/probes/service.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import type { Store } from "../../src/store/store.ts";
import { openExample } from "../tickets/jira/open-example.ts";
import { outboxOf } from "./effects.ts";
import { orderKeyOf } from "./executors.ts";
import { productTickets } from "./product-executors.ts";
import { silent } from "./store.ts";

const probeEveryMs = 250;

export const recording: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: 1,
    reopenDurationMs: 3_600_000,
    healthAfterMs: 3_600_000,
    ticketed: true,
    fixesFor: () => [],
  },
};

export function probed(name: string, given: Partial<ProbedService>): ProbedService {
  return {
    subject: { kind: "service", tenant: "default", environment: "production", name },
    container: undefined,
    health: [],
    needs: [],
    background: false,
    startGraceMs: 0,
    everyMs: probeEveryMs,
    memoryAbove: 0.85,
    ...given,
  };
}

interface ProbingTest {
  readonly engine?: Engine;
  readonly owner?: string;
  readonly onAnswer?: ConstructorParameters<typeof Probing>[0]["onAnswer"];
}

/** Starts the probes of a process. Stop it, or it stops after the test. */
export function startProbing(
  store: Store,
  services: readonly ProbedService[],
  { engine, owner = "test-probes", onAnswer }: ProbingTest = {},
): Probing {
  const probing = new Probing({
    services,
    kinds: probeKinds,
    store,
    clock: systemClock,
    recording,
    owner,
    engine,
    logger: silent,
    ...(onAnswer && { onAnswer }),
  });
  probing.start();
  onTestFinished(() => probing.stop());
  return probing;
}

/** Carries out the effects of the store on a Jira of its own. */
export async function startTickets(store: Store): Promise<JiraSandbox> {
  const sandbox = await startJiraSandbox();
  const executors = [productTickets({ tracker: openExample(sandbox.url) }), timerExecutor];
  const worker = outboxOf(store, executors, { recording, owner: "test-tickets" });
  worker.start();
  onTestFinished(async () => {
    await worker.stop();
    await sandbox.stop();
  });
  return sandbox;
}
