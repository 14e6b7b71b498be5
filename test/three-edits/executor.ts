/** A made-up executor that blows a horn: what a channel is to the outbox. */
import type { MadeUp } from "./made-up.ts";

export const executor: MadeUp = {
  kind: "executor",
  module: {
    file: "src/notify/made-up/executor.ts",
    text: `/** Blows a horn. */
import { isUnavailable } from "../../errors.ts";
import type { IncidentExecutor } from "../../incidents/executor.ts";

export interface MadeUpEffect {
  readonly kind: "made-up.blow";
  readonly times: number;
}

export function madeUpExecutor(blow: (times: number) => void): IncidentExecutor<MadeUpEffect> {
  return {
    dependency: "made-up",
    orderKey: "made-up",
    isUnavailable,
    handlers: {
      "made-up.blow": async ({ times }) => {
        blow(times);
        return [];
      },
    },
  };
}
`,
  },
  list: {
    file: "src/app/outbox.ts",
    lines: [
      [
        'from "../incidents/record-events.ts";\n',
        'import { madeUpExecutor } from "../notify/made-up/executor.ts";\n',
      ],
      ["    timerExecutor,\n", "    madeUpExecutor(() => undefined),\n"],
    ],
  },
  test: {
    file: "test/notify/made-up.test.ts",
    text: `import { describe, expect, it } from "vitest";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { madeUpExecutor } from "../../src/notify/made-up/executor.ts";
import { orderKeys } from "../../src/outbox/executor.ts";
import { openIncident } from "../fakes/episodes.ts";
import { goodPermit } from "../fakes/permit.ts";

describe("the made-up executor", () => {
  it("carries its effect out, in an order and with a dependency of its own", async () => {
    const blown: number[] = [];
    const executor = madeUpExecutor((times) => blown.push(times));
    const attempt = { id: "x", attempt: 1, unknown: false, mayAct: goodPermit };
    const blow = executor.handlers["made-up.blow"];
    expect(await blow({ kind: "made-up.blow", times: 3 }, openIncident(), attempt)).toEqual([]);
    expect(blown).toEqual([3]);
    const keyOf = orderKeys([timerExecutor, executor]);
    expect([keyOf("made-up.blow"), keyOf("incident.settle")]).toEqual(["made-up", "incident"]);
  });
});
`,
  },
};
