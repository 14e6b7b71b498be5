/** Weighs the signals of an inspection: whether a container is a database, keeps other data, or neither. Pure. */
import type { Container } from "./engine.ts";
import { type Sign, type Signal, signalsOf } from "./signals.ts";
import { imageNamed } from "./vocabulary.ts";

export interface DataKept {
  /** A database is never restarted. A container that is only stateful may be, if `allow_stateful` names it. */
  readonly kind: Signal["says"];
  /** Text that follows the container's name in a sentence. */
  readonly reason: string;
}

/**
 * The points of each sign; {@link enough} points make a database. A well-known port together with a volume is enough,
 * and so is a port together with a name. A name together with a volume is not: a consumer of Kafka may have both.
 */
const points: Readonly<Record<Sign, number>> = {
  port: 2,
  service: 2,
  build: 2,
  volume: 1,
  name: 1,
};
const enough = 3;

/**
 * Whether a container keeps data, and why; undefined when a restart loses nothing.
 *
 * 1. Tools of databases (clients, exporters, front ends) keep nothing. Their image may be built from the database's
 *    image, so inherited signals do not count. A database's program and a named volume do.
 * 2. One proof of a database is enough, whatever the other signals say.
 * 3. Signs are added up, each kind once.
 * 4. One proof of other data makes it stateful.
 */
export function dataKept(container: Container): DataKept | undefined {
  const all = signalsOf(container);
  const signals = isCompanion(container) ? all.filter(countsForCompanion) : all;
  const proven = signals.find(({ says, weight }) => says === "database" && weight === "proof");
  if (proven !== undefined) return { kind: "database", reason: proven.reason };
  const signs = strongest(signals);
  if (sum(signs) >= enough) {
    const reasons = signs.map(({ reason }) => reason).join(", ");
    return { kind: "database", reason: `looks like a database (${reasons})` };
  }
  const other = signals.find(({ weight }) => weight === "proof");
  return other && { kind: other.says, reason: other.reason };
}

function isCompanion({ images }: Container): boolean {
  const named = images.map(imageNamed);
  return named.includes("companion") && !named.includes("database");
}

const countsForCompanion = ({ says, inherited }: Signal): boolean =>
  says === "database" && inherited !== true;

/** The first sign of each kind. */
function strongest(signals: readonly Signal[]): readonly (Signal & { readonly weight: Sign })[] {
  const byKind = new Map<Sign, Signal & { readonly weight: Sign }>();
  for (const signal of signals) {
    const { weight } = signal;
    if (weight !== "proof" && !byKind.has(weight)) byKind.set(weight, { ...signal, weight });
  }
  return [...byKind.values()];
}

function sum(signs: readonly { readonly weight: Sign }[]): number {
  return signs.reduce((total, { weight }) => total + points[weight], 0);
}
