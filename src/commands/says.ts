/**
 * Sentences that several commands answer with. A command stands inside a line, never at its start, so that no answer
 * is read as a command.
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
  /** Why, in one word. */
  readonly code: string;
  /** What is in the way, and what can be done about it. Left out: there is no answer. */
  readonly reason?: Line;
  /** Follows the reason. */
  readonly goesOn?: MessageSection;
  /** A deed that is recorded despite the refusal, because the tracker shows it. */
  readonly deed?: Deed;
}

export const say = (...said: readonly Line[]): MessageSection => said.map(paragraph);

/** A command as it is typed. */
export const typed = (text: string): Line => strong(words(`dw ${text}`));

/** @param reason what is in the way, and what can be done about it */
export function refused(code: string, reason: Line): CommandRefusal {
  return { status: "refused", code, reason };
}

/** @param to name of the person who is answered; left out where nobody else reads it */
export function refusalText({ reason, goesOn = [] }: CommandRefusal, to?: string): MessageSection {
  if (reason === undefined) return [];
  const whom = to === undefined ? line`` : line`, ${to}`;
  return [...say(line`Not done${whom}: ${reason}`), ...goesOn];
}

interface CalledBy {
  readonly words: readonly [string, ...string[]];
  readonly usage: string;
}

/** The text behind the word cannot be read. */
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
