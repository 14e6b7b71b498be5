/** Finds the models with most tickets, and an override for a model with most of them. */
import { type Sensitivity, sensitivities } from "../../detectors/preset.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import type { WhatIfTicket } from "./what-if.ts";

/** One model and its tickets. */
export interface OpensMost {
  readonly model: ModelKey;
  readonly tickets: number;
  /** Features that its tickets blame first, and how many of them do; most tickets first. */
  readonly features: readonly (readonly [feature: string, tickets: number])[];
}

/** Models with tickets, most tickets first. A ticket of several models counts for the first of them. */
export function opensMost(tickets: readonly WhatIfTicket[]): readonly OpensMost[] {
  const byModel = grouped(tickets, (ticket) => ticket.episodes[0]!.model);
  return byModel.map(([model, own]): OpensMost => {
    const features = grouped(own, (ticket) => firstBlamed(ticket) ?? "").map(
      ([feature, those]) => [feature, those.length] as const,
    );
    return { model, tickets: own.length, features: features.filter(([feature]) => feature !== "") };
  });
}

const firstBlamed = ({ episodes }: WhatIfTicket): string | undefined =>
  episodes[0]?.features[0]?.feature;

/** Largest group first. */
function grouped<T>(
  items: readonly T[],
  of: (item: T) => string,
): readonly [string, readonly T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(of(item), [...(groups.get(of(item)) ?? []), item]);
  return [...groups].toSorted(([, a], [, b]) => b.length - a.length);
}

/** A model is noisy when it has more than this part of all tickets… */
const mostNoise = 0.5;
/** …and this many at least. */
const fewestTickets = 4;
/** Part of the model's tickets that an override has to take away to be worth proposing. */
const worthwhile = 0.5;
/** Least relative effects that are tried, percent. At 100, only a rise to more than double would be reported. */
const relatives = [10, 20, 30, 50] as const;

export interface ProposedOverride {
  readonly model: ModelKey;
  /** The model's tickets now, those of all models, and the estimate of the model's remaining tickets. */
  readonly tickets: number;
  readonly all: number;
  readonly left: number;
  /** An entry of `detection.overrides:`, keys as in the configuration. */
  readonly override: Readonly<Record<string, unknown>>;
}

export interface ProposalInput {
  readonly current: Sensitivity;
  readonly ticketsAt: Readonly<Record<Sensitivity, readonly WhatIfTicket[]>>;
  readonly models: number;
}

/**
 * Proposes a lower sensitivity if it removes half of the model's tickets. Otherwise it proposes a least effect for the
 * feature that most tickets blame. Neither changes pipeline rules, so their tickets get no proposal.
 */
export function proposeOverride(input: ProposalInput): ProposedOverride | undefined {
  const { current, ticketsAt, models } = input;
  const all = ticketsAt[current].length;
  const [noisiest] = opensMost(ticketsAt[current]);
  // For one model alone, detection.sensitivity is enough.
  if (noisiest === undefined || models < 2) return undefined;
  const { model, tickets } = noisiest;
  if (isPattern(modelName(model).model)) return undefined;
  if (tickets < fewestTickets || tickets <= mostNoise * all) return undefined;
  const proposed = byQuieter(noisiest, input) ?? byLeastEffect(noisiest, ticketsAt[current]);
  return proposed && { model, tickets, all, ...proposed };
}

/** In an override, * matches any text. So a name that contains * cannot be matched alone. */
const isPattern = (name: string): boolean => name.includes("*");

type Quieting = Pick<ProposedOverride, "left" | "override">;

function byQuieter(
  { model, tickets }: OpensMost,
  { current, ticketsAt }: ProposalInput,
): Quieting | undefined {
  const quieter = sensitivities.slice(0, sensitivities.indexOf(current)).toReversed();
  for (const sensitivity of quieter) {
    const left = ticketsOf(ticketsAt[sensitivity], model).length;
    if (left > worthwhile * tickets) continue;
    return { left, override: { ...namesOf(model), sensitivity } };
  }
  return undefined;
}

function byLeastEffect(
  { model, tickets, features }: OpensMost,
  all: readonly WhatIfTicket[],
): Quieting | undefined {
  const [feature] = features[0] ?? [];
  if (feature === undefined || isPattern(feature)) return undefined;
  const own = ticketsOf(all, model);
  const blaming = own.filter((ticket) => firstBlamed(ticket) === feature);
  for (const percent of relatives) {
    const silenced = blaming.filter((ticket) => (effectOf(ticket) ?? Infinity) < percent / 100);
    if (tickets - silenced.length > worthwhile * tickets) continue;
    const override = { ...namesOf(model), feature, least_effect: { relative: `${percent} %` } };
    return { left: tickets - silenced.length, override };
  }
  return undefined;
}

const ticketsOf = (tickets: readonly WhatIfTicket[], model: ModelKey): readonly WhatIfTicket[] =>
  tickets.filter(({ episodes }) => episodes[0]?.model === model);

/** Relative distance of the first blamed feature from what was expected; undefined for findings of a rule. */
function effectOf({ episodes }: WhatIfTicket): number | undefined {
  const [first] = episodes;
  if (first?.kind !== "shift" && first?.kind !== "leak") return undefined;
  const { before, after } = first.features[0] ?? {};
  if (before === undefined || after === undefined) return undefined;
  return Math.abs(after - before) / Math.abs(before);
}

function namesOf(key: ModelKey): Readonly<Record<string, string>> {
  const { tenant, source, model } = modelName(key);
  // The key of a model from a file has no source.
  return tenant === "" ? { model } : { source, model };
}
