/**
 * A process of its own that carries out the run effects of a store, or a worker of this process that does the same.
 * Before it acts it looks, and both are requests to the world of the test: `look`, then `act`.
 */
import { pathToFileURL } from "node:url";
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../../src/clock.ts";
import { storeMetrics } from "../../src/store/metrics.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { outboxOf, type TestOutbox } from "./effects.ts";
import { executorsOf, orderKeyOf } from "./executors.ts";

const day = 86_400_000;
const settings = { resolveAfterMs: day, reopenDurationMs: day, healthAfterMs: day };
const recording = {
  clock: systemClock,
  orderKeyOf,
  settings: { ...settings, fixesFor: () => ["restart-svc"] },
};

/** @param world `http://…`: is told who looks and who acts, and answers when it likes */
export function holderOf(store: Store, owner: string, world: string): TestOutbox {
  const tell = async (what: string): Promise<void> => {
    await (await fetch(`${world}/${what}`, { headers: { owner } })).text();
  };
  const executors = executorsOf({
    "run.start": async (_effect, _incident, attempt) => {
      await tell(attempt.unknown ? "look/unknown" : "look");
      await attempt.mayAct();
      await tell("act");
      return [];
    },
  });
  return outboxOf(store, executors, { recording, owner, logger: pino({ level: "warn" }) });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [, , url = "", schema = "", world = ""] = process.argv;
  const store = await openStore({
    url,
    schema,
    logger: pino({ level: "warn" }),
    metrics: storeMetrics(new Registry()),
    startupTimeoutMs: 240_000,
  });
  holderOf(store, "child", world).start();
}
