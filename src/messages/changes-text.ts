/** The changes that were announced near the start of an episode, with their distance in time. */
import type { AnnouncedChange } from "../detection/event.ts";
import { isModelEpisode, type ModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { data, heading, type Line, line, type Message, type NamedLine, words } from "./message.ts";
import { readDuration, readTime } from "./text.ts";

const mostShown = 5;

/** The newest announced change, for the top of a ticket; empty where there is none. */
export function newestChange({ episode }: Incident): readonly NamedLine[] {
  if (!isModelEpisode(episode)) return [];
  const newest = episode.changes?.at(-1);
  if (newest === undefined) return [];
  return [["Changed", line`${data(newest.what, 60)}, ${awayFrom(newest, episode)}`]];
}

/** The announced changes, newest first, one line each; empty where there are fewer than two. */
export function announcedChanges({ episode }: Incident): Message {
  if (!isModelEpisode(episode)) return [];
  const { changes = [] } = episode;
  if (changes.length < 2) return [];
  const items = changes
    .slice(-mostShown)
    .toReversed()
    .map(
      (change) =>
        line`${words(readTime(change.at / 1000))}, ${awayFrom(change, episode)}: ${data(change.what, 120)}`,
    );
  return [[heading("Announced near the start"), { kind: "list", items }]];
}

/** `10 min before it began` */
function awayFrom({ at }: AnnouncedChange, { onset, at: opened }: ModelEpisode): Line {
  const seconds = Math.round(((onset?.from ?? opened) - at) / 1_000_000);
  if (seconds === 0) return words("when it began");
  const away = readDuration(Math.abs(seconds) * 1000);
  return words(`${away} ${seconds < 0 ? "after" : "before"} it began`);
}
