/** A made-up remediation that rings a bell, and requires nothing for it. */
import type { MadeUp } from "./made-up.ts";

export const remediation: MadeUp = {
  kind: "remediation",
  module: {
    file: "remediations/made-up.ts",
    text: `/** Rings a bell. */
import { z } from "zod";
import { messageOf } from "../src/errors.ts";
import type { ActResult, RemediationType } from "./remediation.ts";

const config = z.strictObject({ target: z.string() });

/** The world. */
export interface Bell {
  rings: number;
  look(): number;
  ring(): void;
}

function silent(): Bell {
  return {
    rings: 0,
    look() {
      return this.rings;
    },
    ring() {
      this.rings += 1;
    },
  };
}

export const bells = new Map<string, Bell>();

export const madeUp: RemediationType<z.infer<typeof config>, never> = {
  name: "made-up",
  tier: "auto",
  config,
  requires: [],
  create: ({ target: name }) => {
    const bell = bells.get(name) ?? silent();
    bells.set(name, bell);
    const snapshot = (): { rings: string } => ({ rings: String(bell.look()) });
    const lookUp = async (before: string | undefined): Promise<ActResult> => {
      try {
        if (snapshot().rings !== before) return { status: "done", detail: "rang", after: snapshot() };
        return { status: "failed", detail: "did not ring" };
      } catch (error) {
        return { status: "unknown", detail: messageOf(error) };
      }
    };
    return {
      resolve: async () => [{ id: name, name, host: "here", snapshot: snapshot(), refusal: undefined }],
      plan: () => ({ does: "rings once", parameters: {} }),
      act: async (target, mayAct) => {
        try {
          if (snapshot().rings !== target.snapshot["rings"]) return { status: "changed", detail: "rang" };
        } catch (error) {
          return { status: "failed", detail: messageOf(error) };
        }
        await mayAct?.();
        try {
          bell.ring();
        } catch (error) {
          return { status: "unknown", detail: messageOf(error) };
        }
        return lookUp(target.snapshot["rings"]);
      },
      lookUp: (target) => lookUp(target.snapshot["rings"]),
      health: async () => "healthy",
    };
  },
};
`,
  },
  list: {
    file: "remediations/index.ts",
    lines: [
      [
        "/** The registry of remediations: one line each. Only app.ts imports it. */\n",
        'import { madeUp } from "./made-up.ts";\n',
      ],
      ["= [restartContainer", ", madeUp"],
    ],
  },
  test: {
    file: "test/remediations/made-up.test.ts",
    text: `import { expect, it } from "vitest";
import { remediationTypes } from "../../remediations/index.ts";
import { bells, madeUp } from "../../remediations/made-up.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { fakeClock } from "../fakes/clock.ts";
import { remediationContract } from "../contracts/remediation.ts";

const fail = (): never => {
  throw new Error("broken");
};

remediationContract(madeUp, {
  config: { target: "bell" },
  scene: () => {
    bells.clear();
    const remediation = madeUp.create({ target: "bell" }, { clock: fakeClock() });
    const bell = bells.get("bell");
    expect.assert(bell);
    const { look } = bell;
    return {
      remediation,
      acts: () => bell.rings,
      fail: (what) => {
        if (what === "act") bell.ring = fail;
        else if (what === "everything") bell.look = fail;
        else {
          bell.look = () => {
            bell.look = look;
            return fail();
          };
        }
      },
    };
  },
});

it("made-up needs no section of the configuration beside its fix", () => {
  const url = "{url: postgres://u@127.0.0.1/d}";
  const fix = "{name: a, do: made-up, when: {model: m}, target: bell, mode: auto}";
  const text = [\`store: \${url}\`, \`sources: {main: \${url}}\`, \`fixes: [\${fix}]\`].join("\\n");
  const { fixes } = parseConfig(text, { file: "dw.yaml", remediations: remediationTypes });
  expect(fixes).toMatchObject([{ do: "made-up", options: { target: "bell" } }]);
});
`,
  },
};
