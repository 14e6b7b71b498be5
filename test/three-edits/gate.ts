/** A made-up gate that denies one fix by its name. */
import type { MadeUp } from "./made-up.ts";

export const gate: MadeUp = {
  kind: "gate",
  module: {
    file: "src/healing/gates/made-up.ts",
    text: `/** Denies what is made up. */
import { allowed, denied, type Gate } from "./gate.ts";

export const madeUp = {
  name: "made-up",
  needs: "nothing",
  judge: ({ fix }) => (fix.name === "made-up" ? denied("It is made up.") : allowed),
} as const satisfies Gate;
`,
  },
  list: {
    file: "src/healing/gates/gates.ts",
    lines: [
      ['from "./gate.ts";\n', 'import { madeUp } from "./made-up.ts";\n'],
      ["  budget,\n", "  madeUp,\n"],
    ],
  },
  test: {
    file: "test/healing/gates.test.ts",
    lines: [
      ['      "budget",\n', '      "made-up",\n'],
      ['from "vitest";\n', 'import { simulateIncidents } from "../../src/replay/what-if.ts";\n'],
      [
        'from "vitest";\n',
        'import { episodeOpened } from "../fakes/episodes.ts";\nimport type { Fix } from "../../src/healing/fix.ts";\n',
      ],
      [
        'describe("fresh", () => {',
        `
  it("stands beside made-up", () => {
    expect(reasonOf(fresh, {})).toBeUndefined();
  });
});

describe("made-up", () => {
  it("denies in the daemon and in the what-if", () => {
    const fix: Fix = {
      ...fine.fix,
      name: "made-up",
      when: { kinds: ["shift"] },
      remediation: "made-up",
      mode: "auto",
    };
    const denial = { allow: false, gate: "made-up", reason: "It is made up." };
    expect(judgeAll(gates, { ...fine, fix })).toEqual(denial);
    const options = { resolveAfterMs: 1, reopenDurationMs: 1, fixes: [fix], sinceMs: 0 };
    expect(simulateIncidents([episodeOpened()], options)).toMatchObject({ runs: 0, denied: 1 });
  });
`,
      ],
    ],
  },
};
