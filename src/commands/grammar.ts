/** Parses a typed line into the command that it names and the text after the word. The doors find the lines. */
import { commandLines } from "../command-lines.ts";
import { nearest } from "../nearest.ts";
import type { Command } from "./command.ts";

/** One parsed line. */
export type AskedLine =
  | { readonly command: Command; readonly text: string }
  /** No command has this name. */
  | { readonly command: undefined; readonly word: string; readonly meant: string | undefined };

/** The lines of a message. They need no `dw` in front, because the door passes only commands. */
export function askedIn(said: string, commands: readonly Command[]): readonly AskedLine[] {
  const lines = commandLines(said);
  // `dw` alone means `dw help`.
  return (lines.length === 0 ? ["help"] : lines).map((text) => askedBy(text, commands));
}

function askedBy(text: string, commands: readonly Command[]): AskedLine {
  const names = commands.flatMap((command) => command.words.map((word) => ({ command, word })));
  const longestFirst = names.toSorted((a, b) => b.word.length - a.word.length);
  const found = longestFirst.find(({ word }) => startsWith(text, word));
  if (found !== undefined)
    return { command: found.command, text: text.slice(found.word.length).trim() };
  const [word = ""] = text.split(" ");
  return {
    command: undefined,
    word,
    meant: nearest(
      word,
      names.map((name) => name.word),
    ),
  };
}

function startsWith(text: string, word: string): boolean {
  const start = text.slice(0, word.length).toLowerCase();
  return start === word && (text.length === word.length || text[word.length] === " ");
}
