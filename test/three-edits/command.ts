/** A made-up command that says something, and does nothing. */
import type { MadeUp } from "./made-up.ts";

export const command: MadeUp = {
  kind: "command",
  module: {
    file: "src/commands/made-up.ts",
    text: `/** \`made-up\`: says that it is made up. */
import { line } from "../messages/message.ts";
import { nothing } from "./arguments.ts";
import { command } from "./command.ts";
import { say } from "./says.ts";

export const madeUp = command(
  {
    words: ["made-up"],
    usage: "",
    help: "say what is made up",
    role: "anybody",
    scope: "read",
    arguments: nothing,
    handle: () => ({ status: "done", says: say(line\`It is made up.\`) }),
  },
);
`,
  },
  list: {
    file: "src/commands/index.ts",
    lines: [
      ['from "./impact.ts";\n', 'import { madeUp } from "./made-up.ts";\n'],
      ["  ack,\n", "  madeUp,\n"],
    ],
  },
  test: {
    file: "test/commands/made-up.test.ts",
    text: `import { expect, it } from "vitest";
import { answer } from "./asking.ts";

it("made-up says so, and help all shows it", () => {
  expect(answer("dw made-up")).toBe("It is made up.");
  expect(answer("dw help all")).toContain("dw made-up");
});
`,
  },
};
