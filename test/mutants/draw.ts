/** Draws mutants by seed from every target: each time the same ones, as long as the files are the same. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { filesIn } from "../architecture/syntax.ts";
import { seeded } from "../chaos/random.ts";
import { type Mutant, mutantsOf } from "./sites.ts";
import { targets } from "./targets.ts";

/** All mutants of all targets. @throws Error when a target has no file: the code has moved on */
export function allMutants(): readonly Mutant[] {
  const files = filesIn("src");
  return targets.flatMap(({ name, files: pattern }) => {
    const own = files.filter(([file]) => pattern.test(file));
    if (own.length === 0) throw new Error(`no file is left of the target ${name}`);
    return own.flatMap(([file, source]) => mutantsOf(file, source));
  });
}

/** @param among those to draw from; @param count at most so many */
export function drawn(
  among: readonly Mutant[],
  { count, seed }: { readonly count: number; readonly seed: number },
): readonly Mutant[] {
  return seeded(seed).shuffled(among).slice(0, count);
}

/** One text of one file that is written by hand, as a mutant. @throws Error when the text is not there exactly once */
export function planted(root: string, change: Pick<Mutant, "file" | "from" | "to">): Mutant {
  const source = readFileSync(join(root, change.file), "utf8");
  const start = source.indexOf(change.from);
  if (start < 0 || source.includes(change.from, start + 1)) {
    throw new Error(`${change.file} has to say exactly once: ${change.from}`);
  }
  const whole = [start, start + change.from.length] as const;
  return { ...change, start, whole, line: source.slice(0, start).split("\n").length };
}
