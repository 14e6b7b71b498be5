/**
 * Sentences that the answers of several commands share. A command is never at the start of a line, so that no answer is
 * read as a command.
 */
import type { Deed } from "../incidents/deed.ts";
import {
  type Line,
  line,
  type MessageSection,
  paragraph,
  strong,
  words,
} from "../messages/message.ts";

export interface CommandRefusal {
  readonly status: "refused";
  /** Code of the reason, one word. */
  readonly code: string;
  /** Why the command is refused, and what the person can do. Left out: there is no answer. */
  readonly reason?: Line;
  /** Text after the reason. */
  readonly goesOn?: MessageSection;
  /** A deed that is recorded despite the refusal, because the tracker shows it. */
  readonly deed?: Deed;
}

export const say = (...said: readonly Line[]): MessageSection => said.map(paragraph);

/** A command as it is typed. */
export const typed = (text: string): Line => strong(words(`dw ${text}`));

/** @param reason why the command is refused, and what the person can do */
export function refused(code: string, reason: Line): CommandRefusal {
  return { status: "refused", code, reason };
}

/** @param to name of the person who gets the answer; left out where nobody else reads it */
export function refusalText({ reason, goesOn = [] }: CommandRefusal, to?: string): MessageSection {
  if (reason === undefined) return [];
  const whom = to === undefined ? line`` : line`, ${to}`;
  return [...say(line`Not done${whom}: ${reason}`), ...goesOn];
}

interface CalledBy {
  readonly words: readonly [string, ...string[]];
  readonly usage: string;
}

/** The refusal of a text after the word that cannot be parsed. */
export function misread({ words: [word], usage }: CalledBy, problem: string): CommandRefusal {
  const wanted = usage === "" ? word : `${word} ${usage}`;
  return refused(
    "bad_arguments",
    line`${words(problem)}. It is said as ${typed(wanted)}. Nothing was changed.`,
  );
}

/** `sarah`, `sarah or tom`, `sarah, tom or kim`. */
export function anyOf(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
