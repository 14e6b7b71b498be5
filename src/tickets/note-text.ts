/** What the comments of a ticket say. */
import type { EpisodeClosed } from "../detection/event.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Note } from "../incidents/effect.ts";
import { type Episode, isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { readTime } from "../messages/text.ts";
import { changes, describeRun, opening, reasons } from "./issue-text.ts";
import { summaryRepeat } from "./summary-text.ts";
import { escaped } from "./wiki.ts";

type VerifiedNote = Extract<Note, { about: "verified" }>;

/** One comment, wiki markup, without the footer that ticketing adds. */
export function renderNote(note: Note): string {
  if (note.about === "run") return `${readTime(note.run.atMs)}: ${describeRun(note.run)}`;
  if (note.about === "verified") return verdict(note);
  if (note.about === "closed") return `${readTime(note.atMs)}: ${closing[note.cause]}`;
  return renderAgain(note.episode, "Also in this incident");
}

/** A further episode, in full: of another kind, or after the ticket had been closed. */
export function renderAgain(episode: Episode, since: string): string {
  const when = `*${since}*, ${readTime(episode.at / 1000)}`;
  if (!isModelEpisode(episode)) return `${when}: ${escaped(episode.reason, 600)}`;
  const table = episode.features.length === 0 ? "" : `\n${changes(episode.features)}`;
  return `${when}: ${opening(episode)}${table}\n${reasons(episode)}`;
}

/** The one comment that counts repeats. */
export function renderRepeat(incident: Incident | Digest): string {
  const { occurrences, openedAtMs, lastSeenAtMs } = incident;
  if (isDigest(incident)) return summaryRepeat(incident);
  const times = occurrences === 1 ? "once" : `${occurrences} times`;
  return `Seen *${times}* since ${readTime(openedAtMs)}, last at ${readTime(lastSeenAtMs)}. This comment is kept up to date.`;
}

/** Said where Driftwarden is not allowed to, or cannot, move the ticket itself. */
export function renderResolved({ resolvedAtMs, lastSeenAtMs }: Incident | Digest): string {
  return `The incident is over since ${readTime(resolvedAtMs ?? lastSeenAtMs)}. Please close this ticket when you agree.`;
}

const closing = {
  recovered: "back to normal, by the model's own detectors.",
  accepted:
    "the change has lasted so long that it is accepted as the new normal. If it is wrong, it will not be reported again by itself.",
  marker: "a deploy or retrain was announced; what follows is the new normal.",
  retired:
    "the model has been silent for so long that it is not watched any more. If it comes back, it is learned anew.",
} as const satisfies Record<EpisodeClosed["cause"], string>;

const verdicts = {
  recovered: "helped",
  not_recovered: "did not help",
  inconclusive: "was made, but whether it helped cannot be told",
  failed: "failed",
  unknown: "has an unknown outcome",
} as const;

function verdict({ run, detail }: VerifiedNote): string {
  const target = run.target === undefined ? "" : ` on ${escaped(run.target)}`;
  return `*${escaped(run.fix)}* (${escaped(run.remediation)}${target}) ${verdicts[run.outcome ?? "inconclusive"]}: ${escaped(detail, 600)}`;
}
