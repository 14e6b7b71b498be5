import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { allMutants, drawn } from "./draw.ts";
import { mutantsOf, withMutant } from "./sites.ts";
import { switchName, withSwitches } from "./switches.ts";

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
    const [, , or, is] = mutants;
    expect(withMutant(source, or!)).toBe(
      source.replace("(b === undefined || a < b)", "((b === undefined && a < b))"),
    );
    expect(withMutant(source, is!)).toBe(source.replace("b === undefined", "(b !== undefined)"));
    for (const mutant of mutants) {
      const [start, end] = mutant.whole;
      const changed = withMutant(source, mutant);
      expect(changed.startsWith(source.slice(0, start))).toBe(true);
      expect(changed.endsWith(source.slice(end))).toBe(true);
    }
  });

  it("are refused when the file says something else by now", () => {
    const [first] = mutants;
    expect(() => withMutant(`// new${source}`, first!)).toThrow("does not say any more");
  });
});

/** What the code makes of some numbers while one mutant is awake. */
function resultsOf(code: string, active: number): readonly unknown[] {
  return [-1, 0, 1, 2].map((a) => {
    const place = { a, b: 0, result: undefined, [switchName]: (n: number) => n === active };
    runInNewContext(code, place);
    return place.result;
  });
}

describe("a source with all its mutants in it", () => {
  const plain = "if (a === 1 || a < b) result = [a].map((one) => one > b);";
  const all = mutantsOf("a.js", plain).map((mutant, at) => ({ ...mutant, number: at + 1 }));

  it("does what it did while they are asleep, and what each of them does when that one is awake", () => {
    const code = withSwitches(plain, all);
    expect(resultsOf(code, 0)).toEqual(resultsOf(plain, 0));
    expect(all.length).toBe(7);
    for (const mutant of all)
      expect(resultsOf(code, mutant.number)).toEqual(resultsOf(withMutant(plain, mutant), 0));
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
