/** What the effects of the outbox depend on: each dependency has its own lane, so that one that is away keeps no other waiting. */
import type { Effect } from "../incidents/incident.ts";

/** `store`: what needs nothing outside. */
export type Dependency = "tracker" | "engine" | "stream" | "store";

const dependencyOf: Readonly<Record<Effect["kind"], Dependency>> = {
  "ticket.open": "tracker",
  "ticket.repeat": "tracker",
  "ticket.comment": "tracker",
  "ticket.resolve": "tracker",
  "run.start": "engine",
  "run.check_health": "engine",
  "run.ask_model": "stream",
  "incident.settle": "store",
};

export const dependencies: readonly Dependency[] = ["tracker", "engine", "stream", "store"];

/** The kinds of effects that need it. */
export function kindsOf(dependency: Dependency): readonly string[] {
  return Object.entries(dependencyOf).flatMap(([kind, needs]) =>
    needs === dependency ? [kind] : [],
  );
}

/**
 * Whether an error says that the dependency itself is away or asks to be left alone, rather than that this one effect
 * cannot be. Errors of the store count for no dependency.
 */
export type IsAway = (dependency: Dependency, error: unknown) => boolean;
