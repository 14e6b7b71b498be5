/** The text of a digest: one ticket for missed episodes, or for incidents beyond the budget of new tickets. */

import { type Digest, isOverflow } from "../incidents/digest.ts";
import { counted } from "../plural.ts";
import {
  data,
  heading,
  type Message,
  type MessageSection,
  paragraph,
  strong,
  words,
} from "./message.ts";
import { headline } from "./symptom.ts";
import { readTime } from "./text.ts";

const maxLines = 50;
const titleRoom = 5;

/** The title, as plain text without the severity. */
export function digestHeadline(digest: Digest): string {
  const { occurrences, scope } = digest;
  const { tenant, environment } = scope;
  if (isOverflow(digest)) {
    const more = counted(occurrences, "more incident");
    return `${more} of ${tenant}/${environment}: too many for a ticket each`;
  }
  const episodes = counted(occurrences, "episode");
  return `${episodes} of ${tenant}/${environment} came and went before a ticket could be opened`;
}

/** The newest episodes, at most 50, oldest first. */
function missedEpisodes({ entries, occurrences }: Digest): MessageSection {
  const shown = entries.slice(-maxLines);
  const left = occurrences - shown.length;
  const rows = shown.map((entry) => [
    words(`#${entry.incident}`),
    words(entry.severity),
    data(headline(entry.episode, titleRoom)),
    words(readTime(entry.episode.at / 1000)),
    words(entry.endMs === undefined ? "not over" : readTime(entry.endMs)),
  ]);
  const header = ["Incident", "Severity", "What was seen", "From", "Over when looked at"];
  return [
    { kind: "table", header, rows },
    ...(left > 0 ? [paragraph(words(`and ${left} before them`))] : []),
  ];
}

/** What happened, and what to do. */
const missedWords = [
  "Driftwarden or this tracker was away while these episodes opened and closed. They are over; no ticket of their own was opened, and no fix acted on news that old.",
  "Look whether one of them explains trouble of that time. This ticket resolves by itself.",
] as const;

const overflowWords = [
  "So many incidents opened at once that the budget of new tickets (incidents.max_new_tickets) is used up: these share this ticket. Each of them goes on, its fixes too; one of P0 gets a ticket of its own.",
  "Look for one cause behind them. If there is none, raise the budget. This ticket resolves by itself when all of them are over.",
] as const;

/** The text of the digest's ticket, without the footer. */
export function digestText(digest: Digest): Message {
  const [what, next] = isOverflow(digest) ? overflowWords : missedWords;
  return [
    [paragraph(words(what))],
    missedEpisodes(digest),
    [heading("What to do"), paragraph(words(next))],
  ];
}

/** The present state of the digest, for a comment. */
export function digestNow(digest: Digest): MessageSection {
  return [paragraph(strong(data(digestHeadline(digest), 200))), ...missedEpisodes(digest)];
}
