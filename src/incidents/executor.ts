/** The contract of an executor for incidents, and the executor of their timers. */
import type { EffectExecutor } from "../outbox/executor.ts";
import type { Effect } from "../store/outbox/effect.ts";
import type { Digest } from "./digest.ts";
import type { TimerEffect } from "./effect.ts";
import type { IncidentEvent } from "./event.ts";
import type { Incident } from "./incident.ts";

/** Carries out effects of incidents and digests. There is one for each dependency, such as the tracker. */
export type IncidentExecutor<E extends Effect = Effect> = EffectExecutor<
  E,
  Incident | Digest,
  IncidentEvent
>;

/** Timers need only the store. A timer that is due becomes an event. */
export const timerExecutor: IncidentExecutor<TimerEffect> = {
  dependency: "store",
  orderKey: "incident",
  handlers: {
    "incident.settle": async ({ episode }) => [{ type: "quiet_passed", episode }],
    "incident.tell_members": async () => [{ type: "members_due" }],
    "incident.ack_lapse": async ({ command }) => [{ type: "ack_due", command }],
    "incident.silence_over": async ({ command }) => [{ type: "silence_due", command }],
    "ticket.reopen": async ({ kind: _timer, ...due }) => [{ type: "reopen_due", ...due }],
    "run.proposal_over": async ({ run, proposal }) => [{ type: "proposal_due", run, proposal }],
    "run.retry": async ({ run, episode }) => [{ type: "retry_due", run, episode }],
  },
  isUnavailable: () => false,
};
