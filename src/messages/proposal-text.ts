/** The text of a proposal: the act, the facts behind it, the deadline, and what to type. */

import type { Incident } from "../incidents/incident.ts";
import type { AnsweredProposal, Proposal, ProposedReplica } from "../incidents/proposal.ts";
import { counted } from "../plural.ts";
import {
  data,
  heading,
  type Line,
  line,
  type Message,
  type MessageSection,
  type NamedLine,
  paragraph,
  strong,
  words,
} from "./message.ts";
import { readTime } from "./text.ts";

const time = (ms: number): Line => words(readTime(ms));

/** `restart-container on feature-store-1`, or `restart-container on 3 replicas of api` */
export function actText({ act: { remediation, name, replicas } }: Proposal): Line {
  const several = replicas && words(`${counted(replicas.length, "replica")} of `);
  return line`${words(remediation)} on ${several ?? []}${data(name, 100)}`;
}

/** `, id 3f2a…, up since …`, or `: api-1 (3f2a…), api-2 (9b1c…)`: the targets to which a yes is bound. */
export function boundText({ act: { id, snapshot, replicas } }: Proposal): Line {
  if (replicas !== undefined) {
    const each = replicas.map((one) => `${one.name} (${short(one.id)})`);
    return line`: ${data(each.join(", "), 300)}`;
  }
  const started = snapshot["started_at"];
  const since = started === undefined ? [] : line`, up since ${data(started, 60)}`;
  return line`, id ${data(short(id), 12)}${since}`;
}

/** The comment that asks for approval. */
export function renderProposal(proposal: Proposal, why: Line): MessageSection {
  const title = line`${strong(words(proposal.id))}: ${actText(proposal)}? Asks until ${time(proposal.untilMs)}.`;
  return [paragraph(title), { kind: "facts", facts: factsOf(proposal, why) }];
}

/** The part of the ticket about waiting proposals. */
export function waitingSections({ runs }: Incident, why: Line): Message {
  return runs.flatMap(({ status, proposal }) =>
    status !== "proposed" || proposal === undefined
      ? []
      : [[heading("Waits for a word"), ...renderProposal(proposal, why), ...saidSoFar(proposal)]],
  );
}

function saidSoFar({ said, rules, approved }: AnsweredProposal): MessageSection {
  if (said.length === 0) return [];
  const names = said.map(({ by }) => by).join(" and ");
  const left =
    approved === true
      ? words("It acts as soon as the gates have looked again.")
      : words(`${rules.approvals - said.length} more has to.`);
  return [paragraph(line`${names} approved it. ${left}`)];
}

function factsOf(proposal: Proposal, why: Line): readonly NamedLine[] {
  const { act, does, untilMs, because } = proposal;
  const { image_id: image, started_at: started, dependants, ...others } = act.snapshot;
  const state = Object.entries({ ...others, ...act.parameters }).map(
    ([key, value]) => `${key} ${value}`,
  );
  return [
    ["Why", line`${why}${historyText(proposal)}`],
    ...known("Asks", because, 400),
    ["Does", data(does, 300)],
    ...known("Cuts off", dependants, 200),
    ...targetText(proposal),
    ...known("Image", image, 100),
    ...known("Up since", started, 60),
    ...known("With", state.length === 0 ? undefined : state.join(", "), 300),
    [
      "Checked",
      line`every ${words(because === undefined ? "" : "other ")}gate allows it; newest row ${time(proposal.newestRowMs)}`,
    ],
    ["Then", words("told here: up or not, and whether it helped by the model's own data")],
    ["Say", sayText(proposal)],
    ["Until", line`${time(untilMs)}; then it is void, and nothing is done`],
    ...whoText(proposal),
  ];
}

/** The target, or each replica, with the values to which an approval is bound. */
function targetText({ act }: Proposal): readonly NamedLine[] {
  const { replicas, name, host, id } = act;
  if (replicas === undefined)
    return [["Target", line`${data(name, 100)} on ${data(host, 100)}, id ${data(short(id), 12)}`]];
  const all = line`${words(counted(replicas.length, "replica"))} of ${data(name, 100)} on ${data(host, 100)}`;
  return [["Target", all], ...replicas.map(replicaText)];
}

function replicaText({ id, name, snapshot }: ProposedReplica): NamedLine {
  const { image_id: image = "unknown", started_at: started = "unknown", dependants } = snapshot;
  const cut = dependants === undefined ? [] : line`, cuts off ${data(dependants, 200)}`;
  const since = toSecond(started);
  return [
    "Replica",
    line`${data(name, 100)}, id ${data(short(id), 12)}, image ${data(short(image), 12)}, up since ${data(since, 40)}${cut}`,
  ];
}

/** As `docker ps` shows ids. */
const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

/** Engines write nanoseconds. */
const toSecond = (text: string): string => text.replace(/\.\d+(?=Z$)/, "");

function known(name: string, text: string | undefined, max: number): readonly NamedLine[] {
  return text === undefined ? [] : [[name, data(text, max)]];
}

function historyText({ before: { acted, helped } }: Proposal): Line {
  if (acted === 0) return words("; it was never tried on this target");
  return words(`; this helped ${helped} of ${counted(acted, "time")} before`);
}

function sayText({ id, act, rules }: Proposal): Line {
  const no = strong(words(`dw deny ${id} REASON`));
  const yes = line`${strong(words(`dw approve ${id}`))} or ${no}`;
  if (rules.approvals < 2) return yes;
  const again = rules.twice ? line`, or the same with ${data(act.name, 100)} behind it` : [];
  return line`${yes}; two people have to approve it${again}`;
}

function whoText({ canAnswer, rules, askedBy }: Proposal): readonly NamedLine[] {
  const asked: readonly NamedLine[] =
    askedBy === undefined ? [] : [["Asked by", data(askedBy, 60)]];
  const names = canAnswer.filter((name) => !(rules.others && name === askedBy));
  return names.length === 0 ? asked : [...asked, ["Who may", words(names.join(", "))]];
}

/** Text after the reason why a proposal is void: who could have answered, and how to request it again. */
export function unansweredText({ id, canAnswer }: Proposal): Line {
  const who = canAnswer.length === 0 ? words("") : words(` ${canAnswer.join(", ")} could have.`);
  return line`${words(id)} is void.${who} ${strong(words("dw approve"))} asks again with fresh facts.`;
}
