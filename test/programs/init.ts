/** `driftwarden init` inside the test's process, with a person at the terminal or without one. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { registerInit } from "../../src/cli/init.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Ask } from "../../src/cli/question.ts";
import { DriftwardenError } from "../../src/errors.ts";
import { printableLines } from "../../src/printable.ts";

export interface InitRun {
  readonly out: string;
  readonly err: string;
  /** Every question that was asked. */
  readonly questions: readonly string[];
  readonly error: DriftwardenError | undefined;
}

/** A folder of its own, gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** @param answers what the person types; when there are none, nobody sits at the terminal */
export async function runInit(
  args: readonly string[],
  answers?: readonly string[],
): Promise<InitRun> {
  const [out, err, questions]: string[][] = [[], [], []];
  const left = [...(answers ?? [])];
  const ask: Ask = async (question) => {
    questions?.push(question);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nobody answers ${question}`);
    return answer;
  };
  const cli = {
    print: (line: string) => void out?.push(printableLines(line)),
    say: (line: string) => void err?.push(printableLines(line)),
    exitWith: () => undefined,
    stopSignal: () => AbortSignal.abort(),
  };
  const parts = {
    cli,
    atTerminal: <T>(talk: (person: Ask | undefined) => Promise<T>) => talk(answers && ask),
  };
  let error: DriftwardenError | undefined;
  await runProgram(["init", ...args], {
    version: "1",
    cli,
    commands: [(program) => registerInit(program, parts)],
  }).catch((thrown: unknown) => {
    if (!(thrown instanceof DriftwardenError)) throw thrown;
    error = thrown;
  });
  return {
    out: (out ?? []).join("\n"),
    err: (err ?? []).join("\n"),
    questions: questions ?? [],
    error,
  };
}
