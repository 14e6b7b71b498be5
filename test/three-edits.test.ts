import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "./three-edits/command.ts";
import { detector } from "./three-edits/detector.ts";
import { executor } from "./three-edits/executor.ts";
import { gate } from "./three-edits/gate.ts";
import { makeEdits } from "./three-edits/made-up.ts";
import { remediation } from "./three-edits/remediation.ts";

const madeUps = [gate, detector, remediation, executor, command];
const tree = [
  "src",
  "detectors",
  "remediations",
  "systemd",
  "test",
  "bench",
  "tsconfig.json",
  "package.json",
];

/** Of the whole tree: what says something of everything that is registered, and the tests of the made-up ones. */
const suites = [
  "test/architecture.test.ts",
  "test/architecture/rooms.test.ts",
  "test/contracts/detector.test.ts",
  "test/contracts/remediation.test.ts",
  "test/detection/presets.test.ts",
  ...madeUps.map(({ test }) => test.file),
];
const titles = "made-up|order is known|registry|list of gates|before a target|the preset";

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "driftwarden-three-edits-"));
  for (const name of tree) await cp(name, join(copy, name), { recursive: true });
  await symlink(resolve("node_modules"), join(copy, "node_modules"));
  for (const madeUp of madeUps) await makeEdits(copy, madeUp);
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** What a program of node_modules prints in the copy, whether it succeeds or not. */
function said(program: string, args: readonly string[]): Promise<string> {
  const { PATH, HOME } = process.env;
  const path = join(copy, "node_modules", program);
  const options = { cwd: copy, env: { PATH, HOME, NO_COLOR: "1" } };
  return new Promise((settle) => {
    execFile(process.execPath, [path, ...args], options, (_error, stdout, stderr) => {
      settle(stdout + stderr);
    });
  });
}

describe("a gate, a detector, a remediation, an executor and a command, each added by a module, an entry in a list, and a test", () => {
  it("need no fourth edit for the types: the tree compiles", async () => {
    expect(await said("typescript/bin/tsc", ["-p", "."])).toBe("");
  });

  it("need no fourth edit to run and to be held to their contracts: all tests about them pass", async () => {
    const options = ["--config", "test/vitest.config.ts", "--project", "fast", "--no-isolate"];
    const results = await said("vitest/vitest.mjs", ["run", ...options, "-t", titles, ...suites]);
    for (const file of suites) expect(results).toMatch(new RegExp(`✓ .*${file}`));
    expect(results).toContain(`Test Files  ${suites.length} passed (${suites.length})`);
  });
});
