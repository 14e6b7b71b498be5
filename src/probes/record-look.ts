/**
 * Stores a look, and records the episode that it opens or closes, in one transaction with the incident and its effects.
 *
 * # Fencing
 *
 * A process may be paused between its question and this transaction, and another process may have taken the place over.
 * So the transaction renews the lease of the place. If that fails, the look is dropped.
 *
 * # Order of locks
 *
 *     lease of the place → the service's row → what `recordEvents` locks
 *
 * One transaction locks one service, so two of them never wait for each other.
 */
import type { Clock } from "../clock.ts";
import type { BrokenNeed } from "../incidents/episode.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { type ServiceSubject, subjectText } from "../incidents/subject.ts";
import { sameJson } from "../store/json.ts";
import { type Lease, renewLeases } from "../store/leases/lease.ts";
import type { Queryable, Tx } from "../store/query.ts";
import { lockWatch, readWatch, saveWatch } from "../store/services/service-watch.ts";
import type { Store } from "../store/store.ts";
import { type Followed, follow, type ServiceWatch } from "./follow.ts";
import type { ProbeLook, ProbeQuestion } from "./probe.ts";

export interface RecordingLooks {
  readonly store: Pick<Store, "transaction" | "query">;
  readonly clock: Clock;
  readonly recording: RecordOptions;
}

export interface LookTaken {
  readonly question: ProbeQuestion;
  readonly look: ProbeLook;
  /** Every question about the same service. */
  readonly questions: readonly ProbeQuestion[];
  /** The lease of the place, and how long a renewal lasts, ms. */
  readonly lease: Lease;
  readonly ttlMs: number;
}

/** What is stored of a service now. */
export const watchOf = async (q: Queryable, subject: ServiceSubject): Promise<ServiceWatch> =>
  (await readWatch<ServiceWatch>(q, fingerprint(subject))) ?? {};

/**
 * Writes nothing where nothing changes, as in the long run of a healthy service.
 *
 * @param known what was stored when the question was asked
 * @returns what is stored now, and the event that was recorded; undefined where another process has the place
 */
export async function recordLook(
  { store, clock, recording }: RecordingLooks,
  taken: LookTaken,
  known: ServiceWatch,
): Promise<Followed | undefined> {
  const { question, lease, ttlMs } = taken;
  const nowMs = clock.now();
  const expected = follow(known, taken, { nowMs, needs: [], questions: taken.questions });
  if (expected.event === undefined && sameJson(expected.watch, known)) return expected;
  const { subject } = question.service;
  const row = { fingerprint: fingerprint(subject), subject: subjectText(subject) };
  return store.transaction(async (tx) => {
    if ((await renewLeases(tx, [lease], ttlMs)).size === 0) return undefined;
    const stored = (await lockWatch<ServiceWatch>(tx, row, nowMs)) ?? {};
    const needs = await brokenNeeds(tx, question);
    const followed = follow(stored, taken, { nowMs, needs, questions: taken.questions });
    await saveWatch(tx, { ...row, document: followed.watch }, nowMs);
    if (followed.event !== undefined)
      await recordEvents(tx, [{ event: followed.event }], recording);
    return followed;
  });
}

/** The open episodes of the services that it needs. They are not locked: what they say is for people. */
async function brokenNeeds(
  tx: Tx,
  { service: { needs, subject } }: ProbeQuestion,
): Promise<readonly BrokenNeed[]> {
  const broken: BrokenNeed[] = [];
  for (const name of needs) {
    const { open } = await watchOf(tx, { ...subject, name });
    const kind = open?.kinds.at(-1);
    if (open !== undefined && kind !== undefined)
      broken.push({ service: name, kind, sinceMs: open.sinceMs });
  }
  return broken;
}
