/** `status`: shows the state of the incident, or the open incidents. */
import { type Freeze, isPlanned } from "../incidents/freeze.ts";
import type { Incident } from "../incidents/incident.ts";
import { freezeLine } from "../messages/freeze-text.ts";
import {
  data,
  type Line,
  line,
  type MessageSection,
  type NamedLine,
  words,
} from "../messages/message.ts";
import { displayName } from "../messages/names.ts";
import { actText } from "../messages/proposal-text.ts";
import { describeRun } from "../messages/run-text.ts";
import { silencedLine, untilTime } from "../messages/silence-text.ts";
import { clockTime, readDuration } from "../messages/text.ts";
import { whatIsWrong } from "../messages/what-is-wrong.ts";
import { nothing } from "./arguments.ts";
import { waitingOf } from "./asked-proposal.ts";
import { command } from "./command.ts";
import { say, typed } from "./says.ts";

export const status = command({
  words: ["status"],
  usage: "",
  help: "how it stands",
  role: "anybody",
  scope: "read",
  fits: () => true,
  arguments: nothing,
  handle: (_, { incident, open, freezes, nowMs }) => ({
    status: "done",
    says: [
      ...(incident === undefined ? overview(open, nowMs) : ofIncident(incident, nowMs)),
      ...frozen(freezes, nowMs),
    ],
  }),
});

const stateWords = {
  open: "open for",
  recovered: "back to normal and watched, open for",
  resolved: "over after",
};

function ofIncident(incident: Incident, nowMs: number): MessageSection {
  const { severity, state, openedAtMs, runs } = incident;
  const left = leftOf(incident, nowMs);
  const lasted = words(readDuration(minutes((incident.resolvedAtMs ?? nowMs) - openedAtMs)));
  const head = line`${words(`${severity}, ${stateWords[state]} `)}${lasted}, ${holder(incident)}`;
  const last = runs.at(-1);
  const facts: readonly NamedLine[] = [
    ["Found", whatIsWrong(incident)],
    ...(last === undefined
      ? []
      : ([["Tried", line`${words(clockTime(last.atMs))} ${describeRun(last)}`]] as const)),
    ...(left.length === 0 ? [] : ([["Left", joined(left)]] as const)),
  ];
  return [...say(head), { kind: "facts", facts }];
}

/**
 * The pending steps: proposals that wait for approval, commands that wait for `yes`, runs that were denied for now, and
 * the end of a silence.
 */
function leftOf(incident: Incident, nowMs: number): readonly Line[] {
  const { people, runs, silence } = incident;
  const questions = (people?.questions ?? []).filter(({ untilMs }) => untilMs > nowMs);
  const waiting = runs.filter(({ retryAtMs }) => retryAtMs !== undefined && retryAtMs > nowMs);
  return [
    ...waitingOf({ incident }).map(
      ({ proposal }) =>
        line`${words(proposal.id)} ${actText(proposal)} waits for ${typed("approve")} until ${words(clockTime(proposal.untilMs))}`,
    ),
    ...questions
      .slice(-3)
      .map(
        ({ word, by, untilMs }) =>
          line`${words(word)} of ${by} asks for ${typed("yes")} until ${words(clockTime(untilMs))}`,
      ),
    ...waiting
      .slice(-3)
      .map(
        ({ fix, retryAtMs = 0 }) =>
          line`${data(fix, 60)} not before ${words(untilTime(retryAtMs, nowMs))}`,
      ),
    ...(silence === undefined ? [] : [silencedLine(silence)]),
  ];
}

function joined(lines: readonly Line[]): Line {
  return lines.reduce((all, one) => line`${all}; ${one}`);
}

function frozen(freezes: readonly Freeze[], nowMs: number): MessageSection {
  const planned = freezes.filter((one) => isPlanned(one, nowMs));
  const holding = freezes.filter((one) => !planned.includes(one));
  const held = holding.length === 1 ? "A freeze holds" : `${holding.length} freezes hold`;
  const to = planned.length === 1 ? "A freeze is" : `${planned.length} freezes are`;
  return [
    ...listOf(words(`${held} fixes back:`), holding, nowMs),
    ...listOf(words(`${to} planned:`), planned, nowMs),
  ];
}

function listOf(head: Line, freezes: readonly Freeze[], nowMs: number): MessageSection {
  if (freezes.length === 0) return [];
  const items = freezes.slice(0, 5).map((one) => freezeLine(one, nowMs));
  return [...say(head), { kind: "list", items }];
}

/** Durations are rounded to minutes. */
const minutes = (ms: number): number => Math.max(60_000, Math.round(ms / 60_000) * 60_000);

function holder({ people }: Incident): Line {
  if (people?.ack !== undefined) return line`${people.ack.by} has it`;
  return people?.assignee === undefined
    ? words("nobody has it")
    : line`for ${people.assignee.name}, who has not answered`;
}

function overview(open: readonly Incident[], nowMs: number): MessageSection {
  if (open.length === 0) return say(line`No incident is open.`);
  const items = open.slice(0, 10).map((one) => {
    const ticket = words(one.ticket === undefined ? "" : `, ${one.ticket.key}`);
    const lasted = words(readDuration(minutes(nowMs - one.openedAtMs)));
    const quiet = one.silence === undefined ? line`` : line`, ${silencedLine(one.silence)}`;
    return line`${words(`${one.severity} incident ${one.number}`)}${ticket}: ${displayName(one.episode)}, for ${lasted}, ${holder(one)}${quiet}`;
  });
  const more = open.length > 10 ? say(words(`And ${open.length - 10} more.`)) : [];
  return [...say(words(`${open.length} open:`)), { kind: "list", items }, ...more];
}
