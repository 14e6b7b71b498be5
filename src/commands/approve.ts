/** `approve`: a person approves a waiting run. If the proposal is void, the command requests a new one. */
import { z } from "zod";
import { isInForce } from "../incidents/freeze.ts";
import { fitsMatchers } from "../incidents/matchers.ts";
import { type AnsweredProposal, type ApprovalRules, stricter } from "../incidents/proposal.ts";
import { freezeLine } from "../messages/freeze-text.ts";
import { data, type Line, line, words } from "../messages/message.ts";
import { actText, boundText } from "../messages/proposal-text.ts";
import { readTime } from "../messages/text.ts";
import {
  type AskedRun,
  type AskedWords,
  asked,
  askedWords,
  begun,
  waitingOf,
} from "./asked-proposal.ts";
import { type CommandOutcome, command, type IncidentContext } from "./command.ts";
import { onIncident } from "./on-incident.ts";
import { anyOf, type CommandRefusal, refused, say, typed } from "./says.ts";

export const approve = command({
  words: ["approve"],
  usage: "[ID] [TARGET]",
  help: "let the run that waits happen, once",
  role: "responder",
  scope: "act",
  fits: (incident) => waitingOf({ incident }).length > 0,
  arguments: z.string().max(300, { error: "that is longer than an id and a name" }),
  handle: onIncident((text, context) => {
    const said = askedWords(text);
    const found = asked(said, context);
    if (found !== undefined && "status" in found) return found;
    const wrong = strayWords(said, found);
    if (wrong !== undefined) return wrong;
    if (found === undefined) return again(context);
    return (
      begun(found, context) ??
      unseen(found, said, context) ??
      notNow(found, context, said.rest) ??
      approved(found, context)
    );
  }),
});

/**
 * Refuses text after `approve` other than the letters and the target's name: `approve, but only tomorrow` approves
 * nothing.
 */
function strayWords({ rest }: AskedWords, found: AskedRun | undefined): CommandRefusal | undefined {
  if (rest === "" || rest === found?.proposal.act.name) return undefined;
  return refused(
    "bad_arguments",
    line`behind ${typed("approve")} stand the letters of what waits, or nothing, and ${data(rest, 60)} is something else. Nothing was changed.`,
  );
}

function approved({ run, proposal }: AskedRun, context: IncidentContext): CommandOutcome {
  const { actor } = context;
  const { id, said } = proposal;
  const now = context.approvalOf?.(run.fix);
  const rules = stricter(proposal.rules, now);
  const left = rules.approvals - said.length - 1;
  const next =
    left > 0
      ? line`One more person has to approve it before ${words(readTime(proposal.untilMs))}.`
      : line`It acts once, as soon as every gate has looked again, and is told here. It is void if anything of it has changed.`;
  return {
    status: "done",
    deed: { kind: "approve", run: run.id, proposal: id, ...(now && { rules: now }) },
    says: say(
      line`${actor.name} approved ${words(id)}: ${actText(proposal)}${boundText(proposal)}. ${next}${held(proposal, context)}`,
    ),
  };
}

/** Names a freeze that will deny the run, so that the person sees it before the denial. */
function held(
  { act: { name }, service }: AnsweredProposal,
  { incident, freezes, nowMs }: IncidentContext,
): Line {
  const freeze = freezes.find(
    (one) => isInForce(one, nowMs) && fitsMatchers(one.matchers, incident, [{ name, service }]),
  );
  if (freeze === undefined) return [];
  return line` A freeze holds it back, so this approval does not act: ${freezeLine(freeze, nowMs)}.`;
}

const messageOf = (said: string): string => said.slice(0, said.lastIndexOf("#"));

/**
 * Refuses the approval of a proposal that the person cannot have seen. It was given in the message of the wish, or
 * without letters and before the proposal was made.
 */
function unseen(
  { run, proposal }: AskedRun,
  { id: letters }: AskedWords,
  { id, saidAtMs }: IncidentContext,
): CommandRefusal | undefined {
  const isSame = run.wish !== undefined && messageOf(run.wish.command) === messageOf(id);
  // Written so that a time that is not a number is refused.
  const isEarlier = letters === undefined && !(saidAtMs >= proposal.madeAtMs);
  if (!isSame && !isEarlier) return undefined;
  const why = isSame
    ? line`it was asked for by the same message`
    : line`${words(proposal.id)} was proposed after this was said`;
  return refused(
    "unseen",
    line`${why}, and nobody has seen its facts. Look at them, then say ${typed(`approve ${proposal.id}`)}.`,
  );
}

/** Refuses a person who may not approve the run, or an approval that comes too late. */
function notNow(
  { run, proposal }: AskedRun,
  { actor, nowMs, people, approvalOf }: IncidentContext,
  rest: string,
): CommandRefusal | undefined {
  const { id, untilMs, askedBy, approved: isApproved } = proposal;
  const rules = stricter(proposal.rules, approvalOf?.(run.fix));
  if (isApproved === true)
    return refused("used", line`${words(id)} is approved already, by ${sayers(proposal)}.`);
  if (!(nowMs <= untilMs))
    return refused(
      "void",
      line`${words(id)} could be answered until ${words(readTime(untilMs))}. ${typed("approve")} asks again with fresh facts in a moment.`,
    );
  if (rules.others && (askedBy === actor.by || askedBy === actor.name))
    return refused(
      "own_proposal",
      line`${actor.name}, you asked for this yourself, and it needs a second person. ${others(actor.name, people.whoCan("responder"))}`,
    );
  return needsAnother(proposal, { rules, rest, actor, people });
}

interface SecondWord extends Pick<IncidentContext, "actor" | "people"> {
  readonly rules: ApprovalRules;
  readonly rest: string;
}

/** Refuses a second approval by the same person, unless the rules allow it and it holds the target's name. */
function needsAnother(
  { id, act, said }: AnsweredProposal,
  { rules, rest, actor, people }: SecondWord,
): CommandRefusal | undefined {
  const isSecond = said.some(({ by }) => by === actor.name);
  if (!isSecond || (rules.twice && rest === act.name)) return undefined;
  const twice = rules.twice ? line` Or type ${typed(`approve ${id} ${act.name}`)}.` : [];
  return refused(
    "second_person",
    line`${actor.name}, you have approved it, and it needs a second person. ${others(actor.name, people.whoCan("responder"))}${twice}`,
  );
}

const sayers = ({ said }: AnsweredProposal): Line =>
  words([...new Set(said.map(({ by }) => by))].join(" and "));

function others(own: string, can: readonly string[]): Line {
  const names = can.filter((name) => name !== own);
  return names.length === 0 ? words("Nobody else is named.") : line`${anyOf(names)} can say it.`;
}

/** `approve` without a waiting proposal: requests the newest void run again. */
function again({ incident }: IncidentContext): CommandOutcome {
  const run = incident.runs.findLast(({ status }) => status === "void");
  if (run === undefined)
    return refused("no_proposal", line`no run waits for approval here. Nothing was changed.`);
  if (incident.state !== "open")
    return refused("over", line`it is back to normal, so nothing is asked again.`);
  if (run.asked === true)
    return refused(
      "waiting",
      line`it is being looked at again already. What comes of it is told here.`,
    );
  return {
    status: "done",
    deed: { kind: "propose_again", run: run.id },
    says: say(
      line`Nothing was approved: what was asked is void. ${data(run.fix)} is looked at again with fresh facts, and asked here anew if every gate allows it.`,
    ),
  };
}
