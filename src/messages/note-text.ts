/** The comments of a ticket, which report what happens after an incident was opened. */
import type { EpisodeClosed } from "../detection/event.ts";
import { formatDuration } from "../duration.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Note } from "../incidents/effect.ts";
import { type Episode, isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { withShownName } from "../incidents/shown-people.ts";
import { changes, reasons } from "./episode-text.ts";
import { retrained } from "./incident-text.ts";
import { data, type Line, line, type MessageSection, paragraph, strong, words } from "./message.ts";
import { displayName } from "./names.ts";
import { verdictWords } from "./next-words.ts";
import { holderOf } from "./opening-block.ts";
import { renderProposal } from "./proposal-text.ts";
import { isWorseSince, worseText } from "./repair-text.ts";
import { describeRun, namedRun } from "./run-text.ts";
import { memberLines, sharedHeadline } from "./shared-text.ts";
import { renderSilenceOver } from "./silence-text.ts";
import { impactOf, summaryOf } from "./summary.ts";
import { readDuration, readTime } from "./text.ts";
import { renderAckLapsed, renderClosedByHand } from "./ticket-life-text.ts";
import { whatIsWrong } from "./what-is-wrong.ts";

type VerifiedNote = Extract<Note, { about: "verified" }>;
type EscalatedNote = Extract<Note, { about: "escalated" }>;
type UnansweredNote = Extract<Note, { about: "unanswered" }>;

/**
 * One comment, without the mark that ticketing adds.
 *
 * @param incident as it is now; comments about several members need it
 */
export function renderNote(promised: Note, incident?: Incident | Digest): MessageSection {
  const note = withShownName(promised, ofIncident(incident)?.names);
  const shared = sharedNote(note, incident);
  if (shared !== undefined) return shared;
  if (note.about === "unanswered") return unanswered(note);
  if (note.about === "closed_by_hand") return renderClosedByHand(note.untilMs);
  if (note.about === "ack_lapsed") return renderAckLapsed(note.by);
  if (note.about === "proposal") return renderProposal(note.proposal, whyOf(incident));
  if (note.about === "escalated") return escalated(note, ofIncident(incident));
  if (note.about === "silence_over") return renderSilenceOver(note.silence, ofIncident(incident));
  return [paragraph(noteLine(note, incident))];
}

const ofIncident = (about: Incident | Digest | undefined): Incident | undefined =>
  about === undefined || isDigest(about) ? undefined : about;

/** What is wrong, in one line. */
function whyOf(about: Incident | Digest | undefined): Line {
  const incident = ofIncident(about);
  return incident === undefined ? words("see above") : whatIsWrong(incident);
}

/** The notes that read differently for a shared incident; undefined for all others. */
function sharedNote(
  note: Note,
  incident: Incident | Digest | undefined,
): MessageSection | undefined {
  if (incident === undefined || isDigest(incident) || !isShared(incident)) return undefined;
  if (note.about === "grown")
    return [
      paragraph(line`${time(note.atMs)}: worse. ${strong(sharedHeadline(incident, 0))}.`),
      ...memberLines(incident),
    ];
  if (note.about !== "closed") return undefined;
  const over = "all of them are back to normal, by the models' own detectors.";
  return [paragraph(line`${time(note.atMs)}: ${words(over)}${endOf(incident, note.atMs)}`)];
}

function noteLine(
  note: Exclude<
    Note,
    {
      about:
        | "unanswered"
        | "closed_by_hand"
        | "ack_lapsed"
        | "silence_over"
        | "proposal"
        | "escalated";
    }
  >,
  incident: Incident | Digest | undefined,
): Line {
  if (note.about === "grown") return line`${time(note.atMs)}: more models are broken.`;
  if (note.about === "run") return line`${time(note.run.atMs)}: ${describeRun(note.run)}`;
  if (note.about === "verified") return verdict(note);
  const tail = note.cause === "recovered" ? endOf(incident, note.atMs) : [];
  return line`${time(note.atMs)}: ${words(closing[note.cause])}${tail}`;
}

/** ` It took 2 h 4 min; restart-svc did not help. Was it real? …` */
function endOf(incident: Incident | Digest | undefined, atMs: number): Line {
  if (incident === undefined || isDigest(incident)) return [];
  const { openedAtMs, people } = incident;
  const took = line` It took ${words(readDuration(minutes(atMs - openedAtMs)))}${whatHelped(incident)}.`;
  if (people?.verdict !== undefined) return took;
  return line`${took} Was it real? One word: ${verdictWords}.`;
}

/** Durations are rounded to minutes. */
const minutes = (ms: number): number => Math.max(60_000, Math.round(ms / 60_000) * 60_000);

/** The newest fix that helped, else the newest judged one; then the repair that a person recorded. */
function whatHelped({ runs, told = [] }: Incident): Line {
  const judged = runs.filter(({ outcome }) => outcome !== undefined);
  const run = judged.findLast(({ outcome }) => outcome === "recovered") ?? judged.at(-1);
  const fixed = told.findLast(({ about, text }) => about === "fixed" && text !== "");
  const tried =
    run?.outcome === undefined ? [] : line`; ${data(run.fix)} ${words(verdicts[run.outcome])}`;
  return fixed === undefined
    ? tried
    : line`${tried}; ${fixed.by} says what repaired it: ${data(fixed.text, 200)}`;
}

/** The full text of a further episode, of another kind or after the ticket had been closed. */
export function renderAgain(episode: Episode, since: string): MessageSection {
  const when = line`${strong(words(since))}, ${time(episode.at / 1000)}: `;
  if (!isModelEpisode(episode)) return [paragraph([...when, ...data(episode.reason, 600)])];
  return [
    paragraph(line`${when}${summaryOf(episode)}. ${words(impactOf(episode))}.`),
    ...(episode.features.length === 0 ? [] : changes(episode.features)),
    ...reasons(episode),
  ];
}

function unanswered({ episode, forMs }: UnansweredNote): MessageSection {
  const lasted = line`Unchanged for ${words(formatDuration(forMs))}, and nobody has said whether it is right.`;
  const so = line`${lasted} The ticket stays open and nothing is learned from it.`;
  const model = data(displayName(episode));
  const ending = line`${so} If this is how ${model} should be: ${strong(words("dw expected"))}`;
  if (!isModelEpisode(episode)) return [paragraph(line`${ending}.`)];
  return [paragraph(line`${ending}, or`), retrained(episode)];
}

/** The comment at the end if Driftwarden may not, or cannot, close the ticket itself. */
export function renderResolved({ resolvedAtMs, lastSeenAtMs }: Incident | Digest): MessageSection {
  const since = time(resolvedAtMs ?? lastSeenAtMs);
  return [
    paragraph(line`The incident is over since ${since}. Please close this ticket when you agree.`),
  ];
}

const time = (ms: number): Line => words(readTime(ms));

const closing = {
  recovered: "back to normal, by the model's own detectors.",
  accepted:
    "the change has lasted so long that it is accepted as the new normal. If it is wrong, it will not be reported again by itself.",
  marker: "a deploy or retrain was announced; what follows is the new normal.",
  retired:
    "the model is not watched any more: it was silent for too long, or its name is a version of a model that is watched in its place. If it comes back, it is learned anew.",
} as const satisfies Record<EpisodeClosed["cause"], string>;

const verdicts = {
  recovered: "helped",
  not_recovered: "did not help",
  inconclusive: "was made, but whether it helped cannot be told",
  failed: "failed",
  unknown: "has an unknown outcome",
} as const;

/** Says which fix did not help twice, that it needs approval from now on, and who has to investigate. */
function escalated(note: EscalatedNote, incident: Incident | undefined): MessageSection {
  const { run, before } = note;
  const on = before.target === null ? [] : line` on ${data(before.target)}`;
  const twice = line`The run before, at ${time(before.atMs)}${on}, did not help either.`;
  const ends = line`${data(run.fix)} is not tried again by itself: it asks a person before each run, until one helps.`;
  const who = incident === undefined ? [] : line` Who does: ${holderOf(incident)}.`;
  const again = line` To try it all the same, with the facts first: ${strong(words(`dw restart ${run.fix}`))}.`;
  return [
    paragraph(verdict(note)),
    paragraph(line`${twice} ${ends}`),
    paragraph(line`A person has to look for another cause now.${who}${again}`),
  ];
}

function verdict({ run, detail }: Pick<VerifiedNote, "run" | "detail">): Line {
  const outcome = words(verdicts[run.outcome ?? "inconclusive"]);
  const worse = isWorseSince(run) ? line`Worse since then (${worseText(run)}). ` : [];
  return line`${worse}${namedRun(run)} ${outcome}: ${data(detail, 600)}`;
}
