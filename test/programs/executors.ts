/** Executors made of plain handlers, one for each kind of effect, as the rooms group them. */
import { systemClock } from "../../src/clock.ts";
import type { Digest } from "../../src/incidents/digest.ts";
import type { IncidentEffect } from "../../src/incidents/effect.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { RecordOptions } from "../../src/incidents/record-events.ts";
import type { EffectHandler } from "../../src/outbox/executor.ts";

type Handler<Kind extends IncidentEffect["kind"]> = EffectHandler<
  Extract<IncidentEffect, { kind: Kind }>,
  Incident | Digest,
  IncidentEvent
>;

export type Handlers = { readonly [Kind in IncidentEffect["kind"]]: Handler<Kind> };

const dependencies: Readonly<Record<string, string>> = {
  "ticket.open": "tracker",
  "ticket.repeat": "tracker",
  "ticket.comment": "tracker",
  "ticket.resolve": "tracker",
  "ticket.ensure": "tracker",
  "ticket.update": "tracker",
  "ticket.link": "tracker",
  "ticket.reopen": "store",
  "run.start": "engine",
  "run.check_health": "engine",
  "run.ask_model": "stream",
  "run.ask_again": "stream",
  "run.retry": "store",
  "incident.settle": "store",
};

/** What stands before the dot, as every room has it. */
export function orderKeyOf(kind: string): string {
  return kind.slice(0, kind.indexOf("."));
}

const hour = 3_600_000;

/** An incident wants the fix `restart-svc`; nothing ends by itself within a test. */
export const withOneFix: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => ["restart-svc"],
  },
};

/** @param handlers of the kinds that matter to the test; the others do nothing */
export function executorsOf(
  handlers: Partial<Handlers>,
  isUnavailable: (error: unknown) => boolean = () => false,
): readonly IncidentExecutor[] {
  const given = new Map<string, IncidentExecutor["handlers"][string]>(Object.entries(handlers));
  return Object.entries(dependencies).map(([kind, dependency]) => ({
    dependency,
    orderKey: orderKeyOf(kind),
    handlers: { [kind]: given.get(kind) ?? doNothing },
    isUnavailable,
  }));
}

export const doNothing = async (): Promise<readonly []> => [];
