/** The team that a person named for a model. Later tickets of the model go to it. */
export interface GivenTeam {
  /** The name in `teams:`. */
  readonly name: string;
  /** The team that a person had named before; null where none was. */
  readonly former: string | null;
  /** When the person named it, ms since 1970. */
  readonly atMs: number;
}

/** The command that undoes it. */
export function undoingWord({ former }: Pick<GivenTeam, "former">): string {
  return `wrong-team ${former ?? "nobody"}`;
}
