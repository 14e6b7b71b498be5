/**
 * Closes the episodes of services that are no longer configured, so that no ticket stays open for ever. One about which an
 * alert fires stays open until the alert is resolved.
 */
import { fingerprint } from "../incidents/fingerprint.ts";
import { recordEvents } from "../incidents/record-events.ts";
import type { ServiceSubject } from "../incidents/subject.ts";
import { modelName } from "../model-key.ts";
import {
  lockWatch,
  openWatches,
  type StoredWatch,
  saveWatch,
} from "../store/services/service-watch.ts";
import { closing, type ServiceWatch } from "./follow.ts";
import { isFiring } from "./intake/report.ts";
import type { RecordingLooks } from "./record-look.ts";

/** @param configured the subjects of all services, and of the engine's host where there is one */
export async function closeFormer(
  { store, clock, recording }: RecordingLooks,
  configured: readonly ServiceSubject[],
): Promise<void> {
  const known = new Set(configured.map(fingerprint));
  const former = (await openWatches<ServiceWatch>(store)).filter(
    ({ fingerprint: one, document: { reports = {} } }) =>
      !known.has(one) && !Object.values(reports).some(isFiring),
  );
  for (const row of former)
    await store.transaction(async (tx) => {
      const nowMs = clock.now();
      const { open } = (await lockWatch<ServiceWatch>(tx, row, nowMs)) ?? {};
      if (open === undefined) return;
      await saveWatch(tx, { ...row, document: {} }, nowMs);
      const event = closing(open.episode, { subject: subjectOf(row), nowMs });
      await recordEvents(tx, [{ event }], recording);
    });
}

function subjectOf({ subject }: StoredWatch<unknown>): ServiceSubject {
  const { tenant, environment, model: name } = modelName(subject.split("\n")[1] ?? "");
  return { kind: "service", tenant, environment, name };
}
