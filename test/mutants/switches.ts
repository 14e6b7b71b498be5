/** One source with many mutants in it, each asleep until its number is active. So a file is loaded once for all of them. */
import { changedWhole, type Mutant } from "./sites.ts";

/** Global in the worker that runs the tests; true when the mutant of that number is active. */
export const switchName = "mutantOn";

/** A mutant under a number that is its own in this batch, from 1. */
export interface NumberedMutant extends Mutant {
  readonly number: number;
}

/** @param mutants all of this source, which says what they found there */
export function withSwitches(source: string, mutants: readonly NumberedMutant[]): string {
  // Wider places first: the others stand within them.
  const ordered = mutants.toSorted(
    (a, b) => a.whole[0] - b.whole[0] || b.whole[1] - a.whole[1] || a.number - b.number,
  );
  return textOf(source, [0, source.length], ordered);
}

type Range = Mutant["whole"];

function textOf(source: string, [from, to]: Range, mutants: readonly NumberedMutant[]): string {
  let text = "";
  let at = from;
  let left = mutants;
  while (left.length > 0) {
    const [start, end] = left[0]!.whole;
    const isHere = ({ whole }: Mutant): boolean => whole[0] === start && whole[1] === end;
    const here = left.filter(isHere);
    const within = left.filter((mutant) => mutant.whole[0] < end && !isHere(mutant));
    left = left.filter(({ whole }) => whole[0] >= end);
    const choices = here.map(
      (mutant) => `${switchName}(${mutant.number})?(${changedWhole(source, mutant)}):`,
    );
    const unchanged = textOf(source, [start, end], within);
    text += `${source.slice(at, start)}(${choices.join("")}(${unchanged}))`;
    at = end;
  }
  return text + source.slice(at, to);
}
