/** Denies a run that needs approval and has none, or whose act has changed since its approval. */
import { lackingWords, stricter } from "../../incidents/proposal.ts";
import { hashOf } from "../proposing.ts";
import { allowed, denied, deniedForNow, type Gate, timeText } from "./gate.ts";

/** An approval is bound to exactly what was proposed. Any difference makes it void. */
export const approval = {
  name: "approval",
  needs: "history",
  judge: ({ nowMs, fix, asks, answered, act }) => {
    // `asks` is false in mode auto, where the breaker may have asked for an approval. It is compared in the same way.
    if (asks !== true && answered === undefined) return allowed;
    if (answered === undefined) return deniedForNow("It waits for a person's word.", "word");
    const { id, approved, untilMs, act: wanted, hash } = answered;
    if (approved !== true) return denied(`${id} is not approved.`);
    const lacks = lackingWords(answered, stricter(answered.rules, fix.approvalRules));
    if (lacks !== undefined)
      return denied(`The approval of ${id} is not enough by the configuration of now: ${lacks}.`);
    // Written so that a time that is not a number denies.
    if (!(nowMs <= untilMs))
      return denied(`The approval of ${id} was good until ${timeText(untilMs)}.`);
    if (act !== undefined && hashOf(act) === hash) return allowed;
    return denied(`What was approved as ${id} has changed: ${driftText(wanted, act)}.`);
  },
} as const satisfies Gate;

type Act = Parameters<typeof hashOf>[0];

const shown: Readonly<Record<string, string>> = {
  image_id: "its image",
  started_at: "its start",
  id: "the container's id",
  name: "the container's name",
};

/** Each thing that differs, with both values. */
function driftText(was: Act, is: Act | undefined): string {
  if (is === undefined) return "its target is not there";
  const [before, now] = [flat(was), flat(is)];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  const changes = keys
    .filter((key) => before[key] !== now[key])
    .map((key) => `${shown[key] ?? key} was ${short(before[key])} and is ${short(now[key])}`);
  return changes.join("; ") || "its hash does not fit";
}

const short = (text = "nothing"): string => (text.length > 40 ? `${text.slice(0, 19)}…` : text);

function flat({
  snapshot,
  parameters,
  replicas = [],
  ...others
}: Act): Readonly<Record<string, string>> {
  const each = replicas.flatMap(({ name, snapshot: own }) =>
    Object.entries(own).map(([key, value]) => [`${ofReplica[key] ?? key} of ${name}`, value]),
  );
  const ids = replicas.map(({ id, name }) => [name, `container ${id.slice(0, 12)}`]);
  // This `id` is the id of the first replica. Each replica has its own id.
  const { id, ...whole } = others;
  const own = replicas.length === 0 ? { id, ...whole } : whole;
  return { ...own, ...snapshot, ...parameters, ...Object.fromEntries([...ids, ...each]) };
}

const ofReplica: Readonly<Record<string, string>> = {
  image_id: "the image",
  started_at: "the start",
};
