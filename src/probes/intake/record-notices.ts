/**
 * Stores what others report of one service, and records the episode that it opens or closes, in one transaction with the
 * incident and its effects. A request that comes again after a lost answer finds its reports stored: it counts them, and
 * opens nothing.
 */
import type { Clock } from "../../clock.ts";
import { fingerprint } from "../../incidents/fingerprint.ts";
import { type RecordOptions, recordEvents } from "../../incidents/record-events.ts";
import { type ServiceSubject, subjectText } from "../../incidents/subject.ts";
import { lockWatch, saveWatch } from "../../store/services/service-watch.ts";
import type { Store } from "../../store/store.ts";
import { judged, type ServiceWatch } from "../follow.ts";
import { type ReportNotice, type Taken, takeNotices } from "./report.ts";

export interface RecordingNotices {
  readonly store: Pick<Store, "transaction">;
  readonly clock: Clock;
  readonly recording: RecordOptions;
}

/** `opened`: the first of a service that was fine · `joined`: another one of a service whose incident is open. */
export type Became = Exclude<Taken, "new"> | "opened" | "joined";

export interface Noticed {
  readonly subject: ServiceSubject;
  /** Whether probes ask it. What they found of one that they no longer ask is dropped. */
  readonly isProbed: boolean;
  readonly notices: readonly ReportNotice[];
}

/** @returns what became of each notice, in its order */
export function recordNotices(
  { store, clock, recording }: RecordingNotices,
  { subject, isProbed, notices }: Noticed,
): Promise<readonly Became[]> {
  const row = { fingerprint: fingerprint(subject), subject: subjectText(subject) };
  return store.transaction(async (tx) => {
    const { probed, ...before } = (await lockWatch<ServiceWatch>(tx, row, clock.now())) ?? {};
    // After the lock, so that two episodes of one service never have one time.
    const nowMs = clock.now();
    const { reports, taken } = takeNotices(before.reports ?? {}, notices, nowMs);
    const known = { ...before, reports, ...(isProbed && probed && { probed }) };
    const { watch, event } = judged(known, { subject, nowMs, needs: [] });
    await saveWatch(tx, { ...row, document: watch }, nowMs);
    if (event !== undefined) await recordEvents(tx, [{ event }], recording);
    const first = before.open === undefined ? taken.indexOf("new") : -1;
    return taken.map((one, place) => {
      if (one !== "new") return one;
      return place === first ? "opened" : "joined";
    });
  });
}
