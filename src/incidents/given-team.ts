/** The team to which a person gave a model: its tickets go there from now on. */
export interface GivenTeam {
  /** As `teams:` names it. */
  readonly name: string;
  /** Which had it by an earlier word; null where none had. */
  readonly former: string | null;
  /** When it was said, ms since 1970. */
  readonly atMs: number;
}

/** What is said to take the word back. */
export function undoingWord({ former }: Pick<GivenTeam, "former">): string {
  return `wrong-team ${former ?? "nobody"}`;
}
