/**
 * The text about events of the ticket itself: closed by hand, replaced by another ticket, a higher severity, a lapsed
 * ack.
 */
import type { Rise } from "../incidents/effect.ts";
import type { FormerFate, FormerTicket, RunSummary, TicketRef } from "../incidents/incident.ts";
import {
  type Block,
  type Line,
  line,
  link,
  type MessageSection,
  paragraph,
  strong,
  words,
} from "./message.ts";
import { isWorseSince } from "./repair-text.ts";
import { describeRun } from "./run-text.ts";
import { readTime } from "./text.ts";

const time = (ms: number): Line => words(readTime(ms));

/** Somebody closed the ticket while something is broken. */
export function renderClosedByHand(untilMs: number): MessageSection {
  const so = line`This ticket was closed, but what it is about is not back to normal.`;
  const then = line`It stays closed until ${time(untilMs)}. If it is still wrong then, or something new breaks before, the ticket is opened again.`;
  return [paragraph(line`${so} ${then}`)];
}

/** An acknowledgement lapsed, because nothing happened in its time. */
export function renderAckLapsed(by: string): MessageSection {
  const quiet = line`${by} had this, and nothing has happened for a while. It is still not back to normal.`;
  return [paragraph(line`${quiet} Who has it now?`)];
}

/** @param title of the incident as it is now @param untaken parts of the ticket that were left as they are */
export function renderRise(
  { from, to }: Rise,
  title: string,
  untaken: readonly string[],
): MessageSection {
  const worse = line`${strong(words(`Now ${to}, it was ${from}`))}: ${title}.`;
  const left = untaken.length === 0 ? [] : words(` Left as it is: ${untaken.join(", ")}.`);
  return [paragraph(line`${worse}${left}`)];
}

const whyElsewhere = {
  gone: "which cannot be read any more: it was deleted, or moved to where Driftwarden may not look",
  closed: "which cannot be opened again",
  wont_do: "which was closed as something that will not be done. This is something else",
} as const satisfies Readonly<Record<FormerFate, string>>;

/** First section of a ticket that replaces another one. */
export function goesOnFrom({ key, url, fate }: FormerTicket): MessageSection {
  const why = fate === undefined ? "" : `, ${whyElsewhere[fate]}`;
  return [paragraph(line`This goes on from ${link(key, url)}${words(why)}.`)];
}

/** Last comment on a ticket that another one replaces. */
export function renderGoesOnIn({ key, url }: TicketRef): MessageSection {
  return [
    paragraph(
      line`It is not over. It goes on in ${link(key, url)}, because this ticket cannot be opened again.`,
    ),
  ];
}

/** One line for each run, newest last. Runs after which the fault became worse come first. */
export function attempts(runs: readonly RunSummary[]): Block {
  if (runs.length === 0) return paragraph(words("Nothing yet."));
  const told = [...runs.filter(isWorseSince), ...runs.filter((run) => !isWorseSince(run))];
  return {
    kind: "list",
    items: told.map((run) => line`${time(run.atMs)}: ${describeRun(run)}`),
  };
}
