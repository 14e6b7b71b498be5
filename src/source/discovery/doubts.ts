/** What is not sure, or costs something, when a candidate is read as proposed. Pure. */
import { leftOut, melted, predictions, unreadable, versions, zone } from "./column-doubts.ts";
import type { Doubt, Doubted } from "./doubt.ts";
import { byTime, index, notSampled, overwritten, rights, standby } from "./table-doubts.ts";

type Rule = (doubted: Doubted) => Doubt | undefined;

/** In the order in which they are printed. */
const rules: readonly Rule[] = [
  notSampled,
  overwritten,
  zone,
  versions,
  predictions,
  melted,
  unreadable,
  leftOut,
  byTime,
  index,
  rights,
  standby,
];

export const doubtsOf = (doubted: Doubted): readonly Doubt[] =>
  rules.flatMap((rule) => rule(doubted) ?? []);
