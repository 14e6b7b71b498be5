/** Writes one comment that answers commands on a ticket. No line of it begins like a command. */
import type { Digest } from "../incidents/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import {
  type Block,
  type InlineRenderer,
  type Line,
  type MessageSection,
  renderLine,
} from "../messages/message.ts";
import { markOf, type TicketWork, upsertComment } from "./comments.ts";
import { TrackerError } from "./errors.ts";
import type { TicketChange } from "./ticket-change.ts";

/** Answers on the ticket where the commands were given. It may be a former ticket of the incident. */
export interface AnswerEffect {
  readonly kind: "ticket.answer";
  /** Id of the ticket. */
  readonly place: string;
  /** Id of the first command that is answered in this comment: it names the comment. */
  readonly first: string;
  readonly says: readonly MessageSection[];
}

/** Writes the comment, or adds the answers that have come since. */
export async function answerOnTicket(
  incident: Incident | Digest,
  { place, first, says }: AnswerEffect,
  work: TicketWork,
): Promise<TicketChange> {
  const safe = withoutCommands(says);
  const mark = markOf(incident, `answers\n${first}`);
  const comment = { before: safe.slice(0, -1), says: safe.at(-1) ?? [], mark };
  const key = incident.ticket?.id === place ? incident.ticket.key : place;
  try {
    return await upsertComment({ id: place, key }, comment, work);
  } catch (error) {
    // Whether it is gone is asked only then: it costs a request.
    const isMissing =
      error instanceof TrackerError && (error.status === 404 || error.status === 410);
    if (isMissing && (await work.tracker.get(place)) === undefined) return "gone";
    throw error;
  }
}

/** Puts a dot before each line that begins like a command, as words of people may. */
export function withoutCommands(says: readonly MessageSection[]): readonly MessageSection[] {
  return says.map((section) => section.map(setOff));
}

function setOff(block: Block): Block {
  if (block.kind === "paragraph") return { ...block, line: setOffLine(block.line) };
  if (block.kind === "lines") return { ...block, lines: block.lines.map(setOffLine) };
  return block;
}

function setOffLine(line: Line): Line {
  const begins = /^\s*(?:dw\b|\/\s*\p{L})/iu.test(renderLine(line, plain));
  return begins ? [{ kind: "words", text: "· " }, ...line] : line;
}

const plain: InlineRenderer = {
  words: ({ text }) => text,
  data: ({ text }) => text,
  strong: ({ line }) => renderLine(line, plain),
  link: ({ text }) => text,
};
