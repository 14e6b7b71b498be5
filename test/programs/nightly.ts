/**
 * Cases that take too long for each change. `npm run nightly` sets DRIFTWARDEN_NIGHTLY, and finds the files that import
 * this one by themselves: so no case is left out of both.
 */

/** Whether all cases are tried. */
export const isNight = (process.env["DRIFTWARDEN_NIGHTLY"] ?? "") !== "";

/** @returns all cases at night; otherwise those that stand for their kind, in the same order */
export function tried<Case>(
  all: readonly Case[],
  standsForKind: (one: Case, index: number) => boolean,
): readonly Case[] {
  return isNight ? all : all.filter(standsForKind);
}
