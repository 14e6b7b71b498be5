/** What the one ticket says about episodes that came and went before anybody could be told. */
import type { Digest } from "../incidents/digest.ts";
import { headline } from "../messages/symptom.ts";
import { readTime } from "../messages/text.ts";
import { escaped, table } from "./wiki.ts";

const maxLines = 50;
const titleRoom = 20;

/** Plain text, without the severity. */
export function summaryHeadline({ occurrences, scope }: Digest): string {
  const { tenant, environment } = scope;
  const episodes = occurrences === 1 ? "1 episode" : `${occurrences} episodes`;
  return `${episodes} of ${tenant}/${environment} came and went before a ticket could be opened`;
}

/** The episodes, oldest first; the newest ones when there are too many. */
function missedEpisodes({ entries, occurrences }: Digest): string {
  const shown = entries.slice(-maxLines);
  const left = occurrences - shown.length;
  const rows = shown.map((line) => [
    `#${line.incident}`,
    line.severity,
    escaped(headline(line.episode, titleRoom)),
    readTime(line.episode.at / 1000),
    readTime(line.endMs),
  ]);
  const header = ["Incident", "Severity", "What was seen", "From", "Over when looked at"];
  return table(header, rows) + (left > 0 ? `\nand ${left} before them` : "");
}

/** The description's body. */
export function summaryDescription(digest: Digest): string {
  return [
    "Driftwarden or this tracker was away while these episodes opened and closed. They are over; no ticket of their own was opened, and no fix acted on news that old.",
    missedEpisodes(digest),
    "h3. What to do\nLook whether one of them explains trouble of that time. This ticket resolves by itself.",
  ].join("\n\n");
}

/** The comment that is kept up to date. */
export function summaryRepeat(digest: Digest): string {
  return `*${escaped(summaryHeadline(digest), 200)}*\n${missedEpisodes(digest)}\nThis comment is kept up to date.`;
}
