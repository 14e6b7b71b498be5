/** Moves an issue by a transition of its workflow: by the configured one, or by whichever leads to the right category. */
import { setTimeout } from "node:timers/promises";
import type { z } from "zod";
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { JiraConnection } from "./connection.ts";
import { jiraError } from "./errors.ts";
import { type JiraFields, writtenWithoutRefused } from "./optional-fields.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";

export interface WorkflowMove {
  /** Whether the issue is to be done afterwards. */
  readonly to: "done" | "open";
  /** Name or id of the transition that is configured. */
  readonly transition: string;
  /** Sent with it; what the transition does not take is left out. */
  readonly fields: JiraFields;
  /** Whether the issue is done now, asked afresh. */
  readonly isDone: () => Promise<boolean>;
  readonly mayAct: MayAct | undefined;
}

type WorkflowTransition = z.infer<typeof shapes.transitionsShape>["transitions"][number];

/** Names of transitions that mean that the work is done. Other transitions to Done may mean that it never will be. */
const meansDone = /^(done|resolve|close|complete|fix|finish)/i;
/**
 * Names that mean that it never will be. Unless configured, such a transition is not even taken as the only way to
 * Done.
 */
const meansNever =
  /won'?t|reject|cancel|declin|duplicate|invalid|abandon|withdraw|discard|abort|delete|archive/i;
/** Some servers show a change only after they have answered it. */
const settleMs = 250;

/** @throws TrackerError `DW_TRACKER_CANNOT_MOVE`, which names the transitions that there are, or says what Jira refused */
export async function makeTransition(
  connection: JiraConnection,
  id: string,
  move: WorkflowMove,
): Promise<void> {
  try {
    await transitionOnce(connection, id, move);
  } catch (error) {
    // Two transitions at once: read again what is possible now, and try once more.
    if (!(error instanceof TrackerError) || error.status !== 409) throw error;
    if ((await move.isDone()) === (move.to === "done")) return;
    await transitionOnce(connection, id, move);
  }
}

async function transitionOnce(
  connection: JiraConnection,
  id: string,
  move: WorkflowMove,
): Promise<void> {
  const { transitions } = await connection.call(
    { name: "transitions", doing: `reading the transitions of issue ${id}`, writes: false },
    (client) => read(client, `/issue/${id}/transitions`, {}),
    shapes.transitionsShape,
  );
  let refused: TrackerError | undefined;
  for (const { id: transition, name } of candidates(transitions, move)) {
    const doing = `moving issue ${id} by "${name}"`;
    try {
      await writtenWithoutRefused(move.fields, (fields) =>
        connection.call(
          { name: "transition", doing, writes: true, mayBeEmpty: true, mayAct: move.mayAct },
          (client) =>
            client.transitionIssue(id, { transition: { id: transition }, ...given(fields) }),
          shapes.anything,
        ),
      );
      if (await isThere(move)) return;
    } catch (error) {
      if (!isRefused(error)) throw error;
      refused = error;
    }
  }
  throw cannotMove(id, move, { transitions, refused });
}

/** Whether the issue is where it should be. A name may mislead, and a workflow may move the issue on by itself. */
async function isThere({ to, isDone }: WorkflowMove): Promise<boolean> {
  const wanted = to === "done";
  if ((await isDone()) === wanted) return true;
  await setTimeout(settleMs);
  return (await isDone()) === wanted;
}

const given = (fields: JiraFields): { readonly fields?: JiraFields } =>
  Object.keys(fields).length === 0 ? {} : { fields };

/**
 * The configured one first, then those whose category is right. To reopen, a status of the category New comes first.
 */
function candidates(
  there: readonly WorkflowTransition[],
  { transition, to }: WorkflowMove,
): readonly WorkflowTransition[] {
  const wanted = transition.toLowerCase();
  const configured = there.filter(
    ({ id, name }) => id === transition || name.toLowerCase() === wanted,
  );
  const category = ({ to: status }: WorkflowTransition) => status?.statusCategory?.key;
  const ends = there.filter((one) => category(one) === "done");
  const closes = ({ name }: WorkflowTransition): boolean =>
    meansDone.test(name) || (ends.length === 1 && !meansNever.test(name));
  const others = (
    to === "done"
      ? ends.filter(closes)
      : there.filter((one) => !ends.includes(one) && category(one) !== undefined)
  ).filter((one) => !configured.includes(one));
  const backToStart = others.toSorted((a, b) => rank(a) - rank(b));
  return [...configured, ...backToStart];
}

const rank = ({ to }: WorkflowTransition): number => (to?.statusCategory?.key === "new" ? 0 : 1);

function isRefused(error: unknown): error is TrackerError {
  return (
    error instanceof TrackerError && !error.retryable && !error.unavailable && error.status !== 409
  );
}

interface Tried {
  readonly transitions: readonly WorkflowTransition[];
  readonly refused: TrackerError | undefined;
}

function cannotMove(id: string, move: WorkflowMove, { transitions, refused }: Tried): TrackerError {
  const names = transitions.map((t) => `${t.name} (${t.id})`).join(", ");
  const why =
    refused?.message ??
    `moving issue ${id}: there is no transition "${move.transition}" that leads there; there are: ${names || "none"}`;
  return jiraError("DW_TRACKER_CANNOT_MOVE", why, {
    hint: "Set jira.resolve_transition and jira.reopen_transition to the name or id of a transition (not of a status) that Driftwarden's user may make, and jira.resolve_fields to what it demands.",
    cause: refused,
    retryAfterMs: 600_000,
  });
}
