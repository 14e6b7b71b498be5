/** What is said of an incident that several subjects share: how many are broken, by what, and who. */
import { scattered, silence } from "../incidents/cause.ts";
import type { Incident } from "../incidents/incident.ts";
import { type MemberState, presentOf, totalOf } from "../incidents/member.ts";
import type { RollLine } from "../incidents/roll.ts";
import { modelName } from "../model-key.ts";
import {
  data,
  heading,
  type Line,
  line,
  type MessageSection,
  paragraph,
  strong,
  words,
} from "./message.ts";
import { displayName, symptomOf } from "./symptom.ts";
import { lengthOf, oneLine, readTime } from "./text.ts";

/** A title stays readable in lists and mail. */
const titleLength = 79;

/**
 * `source main: all 40 models silent since 17:22`, plain text, without the severity.
 *
 * @param taken characters that stand before it in the title
 */
export function sharedHeadline(incident: Incident, taken: number): string {
  const said = `${howMany(incident)} ${whatHappened(incident)}`;
  const room = Math.max(titleLength - taken - lengthOf(`source : ${said}`), 8);
  return oneLine(`source ${oneLine(sourceOf(incident), room)}: ${said}`, titleLength * 2);
}

function sourceOf({ subject }: Incident): string {
  return subject.kind === "model" ? modelName(subject.key).source : subject.name;
}

/** Those that are broken now; all it ever had once none is. */
function countOf({ members }: Incident): number {
  return members.joined > 0 ? members.joined : totalOf(members);
}

function howMany(incident: Incident): string {
  const { group, members, roll } = incident;
  const count = countOf(incident);
  if (group.whole === true && members.joined === presentOf(members)) return `all ${count} models`;
  const known = Math.max(roll?.sourceModels ?? 0, presentOf(members));
  if (known > count) return `${count} of ${known} models`;
  return known === count ? `all ${count} models` : `${count} models`;
}

function whatHappened({ group, episode }: Incident): string {
  if (group.cause === silence) return `silent since ${clockTime(group.newestRow / 1000)}`;
  if (group.cause === scattered) return "changed at once";
  const [feature, said] = symptomOf(episode);
  return feature === undefined ? `: ${said}` : `: ${oneLine(feature, 40)}${said}`;
}

/** The hour of the day: in a title the date stands beside it. */
const clockTime = (ms: number): string => readTime(ms).slice(-9, -4);

/** One sentence: what it means that so many are broken at once. */
export function sharedImpact(incident: Incident): Line {
  const count = words(howMany(incident));
  const source = strong(sourceOf(incident));
  const meaning =
    incident.group.cause === silence
      ? "nobody sees what these models look at now; they may still run."
      : "they may all predict wrongly, and one cause is likelier than many.";
  return line`${count} of source ${source} are concerned: ${words(meaning)}`;
}

/** A line each for the first twenty, broken ones first; the rest is counted. */
export function membersSection(incident: Incident): MessageSection {
  return [heading("Members"), paragraph(memberCounts(incident)), ...memberLines(incident)];
}

/** `38 of 40 are back to normal; 2 are still broken.` */
export function memberCounts({ members }: Incident): Line {
  const total = totalOf(members);
  const back = total - members.joined;
  if (back === 0) return words(`All ${total} are broken now.`);
  if (members.joined === 0) return words(`All ${total} are back to normal.`);
  return words(`${back} of ${total} are back to normal; ${members.joined} still broken.`);
}

export function memberLines({ members, roll }: Incident): MessageSection {
  const { named = [] } = roll ?? {};
  if (named.length === 0) return [];
  const header = ["Model", "What", "Since", "Now"];
  const left = totalOf(members) - named.length;
  const more = left > 0 ? [paragraph(words(`and ${left} more`))] : [];
  return [{ kind: "table", header, rows: named.map(memberRow) }, ...more];
}

function memberRow({ episode, state }: RollLine): readonly Line[] {
  const [feature, said] = symptomOf(episode);
  const what = feature === undefined ? said : `${oneLine(feature, 60)}${said}`;
  return [
    data(displayName(episode), 80),
    data(what, 120),
    words(readTime(episode.at / 1000)),
    words(stateWords[state]),
  ];
}

const stateWords: Readonly<Record<MemberState, string>> = {
  joined: "broken",
  recovered: "back to normal",
  left: "back to normal",
};
