/**
 * The present state of an incident: whether it is open, what is broken, and what was tried. Edits of the ticket update
 * it.
 */
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { digestNow } from "./digest-text.ts";
import { endedText } from "./ended-text.ts";
import {
  heading,
  type MessageSection,
  type NamedLine,
  paragraph,
  strong,
  words,
} from "./message.ts";
import { waitingSections } from "./proposal-text.ts";
import { memberCounts, memberLines, sharedHeadline } from "./shared-text.ts";
import { readTime } from "./text.ts";
import { attempts } from "./ticket-life-text.ts";
import { whatIsWrong } from "./what-is-wrong.ts";

/** The one comment on a ticket whose description people have edited. */
export function renderNow(about: Incident | Digest): MessageSection {
  return [...(isDigest(about) ? digestNow(about) : incidentNow(about)), keptUpToDate];
}

const keptUpToDate = paragraph(
  words("This comment is kept up to date, because the description was edited by a person."),
);

function incidentNow(incident: Incident): MessageSection {
  const facts = nowFacts(incident);
  const members = [
    paragraph(strong(sharedHeadline(incident, 0))),
    paragraph(memberCounts(incident)),
    ...memberLines(incident),
  ];
  return [
    ...(facts.length === 0 ? [] : [{ kind: "facts", facts } as const]),
    ...(isShared(incident) ? members : []),
    ...waitingSections(incident, whatIsWrong(incident)).flat(),
    heading("What was tried"),
    attempts(incident.runs),
  ];
}

/**
 * How often the incident occurred, and how it ended. Empty for an open incident with one occurrence or with several
 * members.
 */
export function nowFacts(incident: Incident): readonly NamedLine[] {
  const { state, occurrences, openedAtMs, lastSeenAtMs } = incident;
  const often = occurrences > 1 && !isShared(incident);
  const seen = `${occurrences} times since ${readTime(openedAtMs)}, last at ${readTime(lastSeenAtMs)}`;
  const next = state === "recovered" ? "; this ticket closes when it stays so" : "; over";
  return [
    ...(often ? [["Seen", words(seen)] as const] : []),
    ...(state === "open" ? [] : [["Now", words(`${endedText(incident)}${next}`)] as const]),
  ];
}
