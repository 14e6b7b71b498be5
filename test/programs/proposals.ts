/** Proposals on incident 1 of a store: one that waits, and one that is approved and not started. */
import { expect, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { type RecordOptions, recordEvents } from "../../src/incidents/record-events.ts";
import type { Store } from "../../src/store/store.ts";
import { type Approving, approving, startRun } from "./approving.ts";
import { eventually } from "./eventually.ts";
import { orderKeyOf } from "./executors.ts";

export const tom = { account: "5b10-tom" };

/** A proposal waits on incident 1. @returns its letters too */
export async function asked(
  store: Store,
  changes: Parameters<typeof approving>[1] = {},
): Promise<Approving & { readonly id: string }> {
  const place = await approving(store, changes);
  await place.open("e1");
  place.outbox.start();
  onTestFinished(() => place.outbox.stop());
  await waits(place);
  return { ...place, id: (await place.run())?.proposal?.id ?? "" };
}

const waits = (place: Approving): Promise<void> =>
  eventually(async () => {
    expect(await place.run()).toMatchObject({ status: "proposed" });
    expect((await place.incident()).runs).toMatchObject([{ status: "proposed" }]);
  });

export const becomes = (place: Approving, status: string): Promise<void> =>
  eventually(async () => {
    expect((await place.incident()).runs).toMatchObject([{ status }]);
    expect(await place.run()).toMatchObject({ status });
  });

export const recording: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: 60_000,
    reopenDurationMs: 60_000,
    healthAfterMs: 60_000,
    fixesFor: () => [],
  },
};

/** A run that is proposed and approved on incident 1, without an outbox that would start it. */
export async function proposedAndApproved(
  store: Store,
  changes: Parameters<typeof approving>[1] = {},
): Promise<{ readonly place: Approving; readonly approved: string }> {
  const place = await approving(store, changes);
  await place.open("e1");
  const { run } = await startRun(place);
  if (run?.proposal === undefined) throw new Error("nothing was proposed");
  const event = { type: "run_changed", run: { ...run, episode: "e1" } } as const;
  await place.store.transaction((tx) =>
    recordEvents(tx, [{ event, incident: "inc-e1" }], recording),
  );
  await place.say("dw approve");
  return { place, approved: run.proposal.id };
}

/**
 * A person asks for a run of incident 1 and approves it. It acts, and its model says that it helped.
 *
 * @param at time of the answer of the model, microseconds since 1970
 */
export async function runThatHelps(place: Approving, at: number): Promise<void> {
  place.outbox.start();
  onTestFinished(() => place.outbox.stop());
  await place.say("dw restart restart-svc");
  await place.say("dw approve");
  await becomes(place, "acted");
  const run = (await place.run())?.id ?? "";
  const judged = { model: "t/e/e1/m", at, detail: "inside its band" };
  const event = { type: "verified", id: "v1", run, outcome: "recovered", ...judged } as const;
  await place.store.transaction((tx) =>
    recordEvents(tx, [{ event, incident: "inc-e1" }], recording),
  );
}
