/** Asks a person on the terminal. */
import { createInterface } from "node:readline/promises";

/** @returns what was typed, without white space around it; empty when the default is taken */
export type Ask = (question: string) => Promise<string>;

/** Calls `talk` with a way to ask; undefined where nobody sits at a terminal. */
export async function atTerminal<T>(talk: (ask: Ask | undefined) => Promise<T>): Promise<T> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return talk(undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  // Ctrl-C and the end of the input leave the question unanswered: then nothing is written.
  terminal.on("close", () => ended.abort());
  try {
    return await talk(async (question) => {
      const answer = await terminal.question(question, { signal: ended.signal });
      return answer.trim();
    });
  } finally {
    terminal.close();
  }
}

/** @returns the default when the answer is empty; undefined when it is neither yes nor no */
export function yesOrNo(answer: string, otherwise: boolean): boolean | undefined {
  if (answer === "") return otherwise;
  if (/^y(es)?$/i.test(answer)) return true;
  return /^no?$/i.test(answer) ? false : undefined;
}
