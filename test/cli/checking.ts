/** Runs `check` and `doctor` with parts that find what a test says. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { offlineBuilders } from "../../src/app/offline.ts";
import { type CheckParts, registerCheck } from "../../src/cli/check.ts";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { runProgram } from "../../src/cli/program.ts";
import { type CheckFinding, doubtful, fine, wrong } from "../../src/finding.ts";

/** How a command line ended. */
export interface Outcome {
  readonly code: number;
  readonly out: readonly string[];
  readonly error: unknown;
}

/** What each part is found to be. */
export type Found = Readonly<Record<string, readonly CheckFinding[]>>;

/** @param found what each part is found to be */
export async function run(args: readonly string[], found: Found = {}): Promise<Outcome> {
  const out: string[] = [];
  let code = 0;
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: (given: number) => {
      code = given;
    },
    stopSignal: () => new AbortController().signal,
  };
  const looks = (): ReturnType<CheckParts["checksOf"]> =>
    Object.entries(found).map(([part, findings]) => ({
      part,
      look: () => Promise.resolve(findings),
    }));
  try {
    const commands = [
      (program: Parameters<typeof registerCheck>[0]) =>
        registerCheck(program, {
          cli,
          remediations,
          budgetTexts: offlineBuilders.budgetTexts,
          checksOf: looks,
          doctorChecksOf: (_config, send) =>
            send === "jira"
              ? undefined
              : [...looks(), ...machineAnd(`channel:${send}` in found ? undefined : send)],
        }),
    ];
    await runProgram(args, { version: "1.2.3", cli, commands });
    return { code, out, error: undefined };
  } catch (error) {
    return { code: exitCodeOf(error), out, error };
  }
}

/** This machine, and the place that got a test message. */
const machineAnd = (send?: string): ReturnType<CheckParts["checksOf"]> => [
  {
    part: "machine",
    look: async () => [
      doubtful("clock", {
        message: "unsynchronised",
        hint: "Run: x.",
        ask: "root on this machine",
      }),
    ],
  },
  ...(send === undefined
    ? []
    : [{ part: `channel:${send}`, look: async () => [fine("sent", "was posted")] }]),
];

/** A folder that goes with the test. */
export function checkFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dw-check-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** @returns the path of a configuration that says this */
export function config(text: string, folder = checkFolder()): string {
  const file = join(folder, "dw.yaml");
  writeFileSync(file, text);
  return file;
}

export const right = `
store: {url: postgres://h/d}
sources: {main: {}, other: {transform: share, poll_interval: 5s, table: weights}}
docker: {}
fixes:
  - {name: a, when: {model: m}, do: restart-container, target: {label: app=x}, mode: auto}
  - {name: b, when: {model: m}, do: restart-container, target: {label: app=y}}
`;
export const said = {
  store: [fine("rights", "h/d, Postgres 15.18, schema 5, may write")],
  "source:main": [fine("rows", "1 model")],
  tracker: [
    wrong("rights", {
      code: "DW_JIRA_PERMISSION_MISSING",
      message: '"bot" may not create issues in IR',
      hint: "Ask the Jira admin for Create Issues.",
      key: "fixes",
    }),
  ],
  engine: [doubtful("a", { message: "a: nothing matches", hint: "Start it.", key: "fixes.0" })],
} satisfies Found;
