/** What the one ticket says about episodes that came and went before anybody could be told. */
import type { Digest } from "../incidents/digest.ts";
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

/** Plain text, without the severity. */
export function digestHeadline({ occurrences, scope }: Digest): string {
  const { tenant, environment } = scope;
  const episodes = occurrences === 1 ? "1 episode" : `${occurrences} episodes`;
  return `${episodes} of ${tenant}/${environment} came and went before a ticket could be opened`;
}

/** The episodes, oldest first; the newest ones when there are too many. */
function missedEpisodes({ entries, occurrences }: Digest): MessageSection {
  const shown = entries.slice(-maxLines);
  const left = occurrences - shown.length;
  const rows = shown.map((entry) => [
    words(`#${entry.incident}`),
    words(entry.severity),
    data(headline(entry.episode, titleRoom)),
    words(readTime(entry.episode.at / 1000)),
    words(readTime(entry.endMs)),
  ]);
  const header = ["Incident", "Severity", "What was seen", "From", "Over when looked at"];
  return [
    { kind: "table", header, rows },
    ...(left > 0 ? [paragraph(words(`and ${left} before them`))] : []),
  ];
}

/** What its ticket says, without the footer. */
export function digestText(digest: Digest): Message {
  const what =
    "Driftwarden or this tracker was away while these episodes opened and closed. They are over; no ticket of their own was opened, and no fix acted on news that old.";
  const next =
    "Look whether one of them explains trouble of that time. This ticket resolves by itself.";
  return [
    [paragraph(words(what))],
    missedEpisodes(digest),
    [heading("What to do"), paragraph(words(next))],
  ];
}

/** The comment that is kept up to date. */
export function digestRepeat(digest: Digest): MessageSection {
  return [
    paragraph(strong(data(digestHeadline(digest), 200))),
    ...missedEpisodes(digest),
    paragraph(words("This comment is kept up to date.")),
  ];
}
