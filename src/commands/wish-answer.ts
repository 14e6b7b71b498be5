/** The answer to a person who requests a run: the target's present state, what would change, and what to type. */
import type { Incident } from "../incidents/incident.ts";
import type { GateAnswer } from "../incidents/proposal.ts";
import type { DecidedWish, SeenFix } from "../incidents/wish.ts";
import {
  data,
  type Line,
  line,
  type MessageSection,
  type NamedLine,
  strong,
  words,
} from "../messages/message.ts";
import { renderProposal } from "../messages/proposal-text.ts";
import { whatIsWrong } from "../messages/what-is-wrong.ts";
import type { AnsweredWish } from "./command.ts";
import { refused, say, typed } from "./says.ts";

export interface Wished {
  readonly fix: SeenFix;
  readonly incident: Incident;
  readonly isFull: boolean;
  readonly dry: boolean;
  /** Shown name of the person who asked. */
  readonly by: string;
}

export function answeredWish(decided: DecidedWish, wished: Wished): AnsweredWish {
  if (wished.dry) return { status: "done", says: dryRun(decided, wished) };
  const { run } = decided;
  const { fix, incident, by } = wished;
  const nothing = words("Nothing was done.");
  if (run.status === "proposed" && run.proposal !== undefined) {
    const proposal = { ...run.proposal, askedBy: by };
    return {
      status: "done",
      says: [
        ...say(line`${nowText(wished)}${fullText(wished)}`),
        ...renderProposal(proposal, whatIsWrong(incident)),
      ],
    };
  }
  if (run.status === "void")
    return {
      status: "done",
      says: say(
        line`${nowText(wished)} ${data(run.detail, 600)} So the model is asked first. If it is still anomalous, ${data(fix.name)} is asked for here.`,
      ),
    };
  if (run.status === "observed")
    return refused(
      "observe",
      line`${data(fix.name)} only says what it would do (mode: observe): ${data(decided.does ?? run.detail, 300)}. ${nowText(wished)} ${nothing}`,
    );
  return refused(
    "denied",
    line`${words(deniedBy(run.gate))}: ${data(run.detail, 600)} ${nowText(wished)} ${nothing}`,
  );
}

/** Names the gate that denied the run. Nobody can approve a target of the refuse list. */
const deniedBy = (gate = "target"): string =>
  gate === "refused" ? "the refuse list names it" : `the gate ${gate} denies it`;

/** The health of the target now, or of each replica. */
function nowText({ fix }: Wished): Line {
  if (fix.replicasOf !== undefined && fix.health !== undefined)
    return line`${words(`Of ${fix.targets?.length} replicas of`)} ${data(fix.replicasOf, 100)}, ${data(fix.health, 600)} now.`;
  const [target, ...more] = fix.targets ?? [];
  if (target === undefined || more.length > 0 || fix.health === undefined) return line``;
  return line`${data(target, 100)} is ${words(fix.health)} now.`;
}

/**
 * What `full` means here. One container is restarted the same way with and without it. Replicas are all restarted at
 * once only with it.
 */
function fullText({ isFull, fix }: Wished): Line {
  if (fix.replicasOf === undefined)
    return isFull ? line` It is one container, so full is the same as rolling.` : line``;
  if (isFull) return line` ${strong(words("All of them are down at the same time."))}`;
  return line` They are restarted one by one. ${typed(`restart ${fix.name} full`)} asks for all at once.`;
}

function dryRun({ run, answers, does }: DecidedWish, wished: Wished): MessageSection {
  const { fix, incident } = wished;
  const [first] = fix.targets?.length === 1 ? fix.targets : [];
  const target =
    fix.replicasOf === undefined ? first : `${fix.targets?.length} replicas of ${fix.replicasOf}`;
  const what: readonly NamedLine[] = [
    ["Fix", line`${data(fix.name)} (${words(fix.remediation)}), mode ${words(fix.mode)}`],
    ["Incident", line`${words(String(incident.number))}: ${whatIsWrong(incident)}`],
    ["Target", target === undefined ? words("not one") : data(target, 100)],
    ...(fix.health === undefined ? [] : ([["Now", data(fix.health, 600)]] as const)),
    ...(does === undefined ? [] : ([["Does", data(does, 300)]] as const)),
    ["Then", outcomeText(run, fix)],
  ];
  return [
    ...say(line`Dry run: nothing was done, and nothing is written down.${fullText(wished)}`),
    { kind: "facts", facts: [...what, ...answers.map(gateLine)] },
  ];
}

function outcomeText({ status, gate, detail }: DecidedWish["run"], { name }: SeenFix): Line {
  if (status === "proposed") return line`it would be asked for; ${typed(`restart ${name}`)} does`;
  if (status === "observed") return words("it would only be said (mode: observe)");
  if (status === "void") return line`the model would be asked first: ${data(detail, 600)}`;
  return line`it would not be asked for, ${words(deniedBy(gate))}: ${data(detail, 600)}`;
}

function gateLine({ gate, answer, reason }: GateAnswer): NamedLine {
  return [
    gate,
    reason === undefined ? words(answer) : line`${words(answer)}: ${data(reason, 300)}`,
  ];
}
