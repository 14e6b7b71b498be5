/** The text about an incident that several subjects share: how many are broken, the cause, and their names. */

import { scattered, silence } from "../incidents/cause.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { type MemberState, totalOf } from "../incidents/member.ts";
import type { ListedMember } from "../incidents/member-list.ts";
import { modelName } from "../model-key.ts";
import { counted } from "../plural.ts";
import {
  data,
  heading,
  type Line,
  line,
  type MessageSection,
  paragraph,
  words,
} from "./message.ts";
import { displayName, shortName } from "./names.ts";
import { symptomOf, titleLength } from "./symptom.ts";
import { clockTime, lengthOf, oneLine, readDuration, readTime } from "./text.ts";

/**
 * `source main: all 40 models silent since 17:22 UTC`, plain text, without the severity.
 *
 * @param taken number of characters before it in the title
 */
export function sharedHeadline(incident: Incident, taken: number): string {
  const { feature, said } = sharedSymptom(incident);
  const start = `source ${shortName(sourceOf(incident), 20)}: `;
  if (feature === undefined) return `${start}${howMany(incident)} ${said}`;
  const end = ` ${said} in ${howMany(incident)}`;
  const room = titleLength - taken - lengthOf(`${start}${end}`);
  return `${start}${shortName(feature, Math.max(room, 8))}${end}`;
}

function sourceOf({ subject }: Incident): string {
  return subject.kind === "model" ? modelName(subject.key).source : subject.name;
}

/** How many members are broken now. If none is, how many members the incident has ever had. */
function countOf({ members }: Incident): number {
  return members.joined > 0 ? members.joined : totalOf(members);
}

/** `all 40 models`, `12 of 40 models` */
function howMany(incident: Incident): string {
  const { group, members, memberList } = incident;
  const count = countOf(incident);
  if (group.whole === true && members.joined === totalOf(members))
    return `all ${counted(count, "model")}`;
  const known = Math.max(memberList?.sourceModels ?? 0, totalOf(members));
  if (known > count) return `${count} of ${known} models`;
  return known === count ? `all ${counted(count, "model")}` : counted(count, "model");
}

/** What happened to all members. */
function sharedSymptom({ group, episode }: Incident) {
  if (group.cause === silence)
    return { said: `silent since ${clockTime(group.newestRow / 1000)} UTC` };
  return group.cause === scattered ? { said: "changed at once" } : symptomOf(episode);
}

/** What happened to the members, in one sentence with its numbers. */
export function sharedSummary(incident: Incident): Line {
  const { group, episode } = incident;
  const count = howMany(incident);
  if (group.cause === silence) return words(silentSummary(incident, count));
  if (group.cause === scattered)
    return words(`${count} changed at once, each in features of its own`);
  const { feature, said } = symptomOf(episode);
  return feature === undefined
    ? words(`${count}: ${said}`)
    : line`${data(shortName(feature))} ${words(said)} in ${words(count)}`;
}

function silentSummary({ group, episode }: Incident, count: string): string {
  const lasted = readDuration((episode.at - group.newestRow) / 1000);
  const cadence = isModelEpisode(episode) ? episode.cadence : undefined;
  const usual = cadence === undefined ? "" : ` (usual: every ${readDuration(cadence / 1000)})`;
  return `no new rows from ${count} for ${lasted}${usual}`;
}

/** The impact of several models that are broken at the same time. */
export function sharedImpact({ group }: Incident): string {
  return group.cause === silence
    ? "nobody sees what these models do now; they may still run"
    : "they may all predict wrongly, and one cause is likelier than many";
}

/** `very: 40 of 40, and the database answers: not the connection` */
export function sharedSureness(incident: Incident): string {
  const count = howMany(incident);
  return incident.group.cause === silence
    ? `very: ${count}, and the database answers: not the connection`
    : `very: ${count} at once`;
}

/** One line for each of the first twenty members, broken ones first. The other ones are counted. */
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

export function memberLines({ members, memberList }: Incident): MessageSection {
  const { named = [] } = memberList ?? {};
  if (named.length === 0) return [];
  const header = ["Model", "What", "Found", "Now"];
  const left = totalOf(members) - named.length;
  const more = left > 0 ? [paragraph(words(`and ${left} more`))] : [];
  return [{ kind: "table", header, rows: named.map(memberRow) }, ...more];
}

function memberRow({ episode, state }: ListedMember): readonly Line[] {
  const { feature, said, figures } = symptomOf(episode);
  const what = feature === undefined ? said : `${oneLine(feature, 60)} ${said}`;
  return [
    data(displayName(episode), 80),
    data(figures === undefined ? what : `${what} (${figures})`, 120),
    words(readTime(episode.at / 1000)),
    words(stateWords[state]),
  ];
}

const stateWords: Readonly<Record<MemberState, string>> = {
  joined: "broken",
  recovered: "back to normal",
  left: "back to normal",
};
