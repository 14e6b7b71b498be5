import { describe, expect, it } from "vitest";
import { allMutants, drawn } from "./draw.ts";
import { mutantsOf, withMutant } from "./sites.ts";

const source = `
export function lowest(a: number, b?: number): number | undefined {
  if (b === undefined || a < b) return a;
  return [b].find((one) => one >= 0);
}
`;
const mutants = mutantsOf("a.ts", source);

describe("the mutants of a file", () => {
  it("are one for each condition, comparison and return, and each condition both ways", () => {
    expect(mutants.map(({ line, from, to }) => `${line} ${from} → ${to}`)).toEqual([
      "3 b === undefined || a < b → true",
      "3 b === undefined || a < b → false",
      "3 || → &&",
      "3 === → !==",
      "3 < → <=",
      "3 a → undefined",
      "4 [b].find((one) => one >= 0) → undefined",
      "4 one >= 0 → undefined",
      "4 >= → >",
    ]);
  });

  it("each change the text at their place alone", () => {
    for (const mutant of mutants) {
      const changed = withMutant(source, mutant);
      expect(changed.length).toBe(source.length - mutant.from.length + mutant.to.length);
      expect(changed.startsWith(mutant.to, mutant.start)).toBe(true);
      expect(changed.startsWith(source.slice(0, mutant.start))).toBe(true);
    }
  });

  it("are refused when the file says something else by now", () => {
    const [first] = mutants;
    expect(() => withMutant(`// new${source}`, first!)).toThrow("does not say any more");
  });
});

describe("the mutants of a seed", () => {
  it("are the same each time, and others for another seed", () => {
    const all = allMutants();
    const seed = (number: number): readonly unknown[] => drawn(all, { count: 200, seed: number });
    expect(seed(1)).toEqual(seed(1));
    expect(seed(2)).not.toEqual(seed(1));
    expect(new Set(seed(1)).size).toBe(200);
  });
});
