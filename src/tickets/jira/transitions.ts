/** Moves an issue by a transition of its workflow. */
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { JiraConnection } from "./connection.ts";
import { jiraError } from "./errors.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";

interface Move {
  /** Name or id. */
  readonly transition: string;
  readonly mayAct: MayAct | undefined;
}

/** @throws TrackerError `DW_TRACKER_CANNOT_MOVE`, which names the transitions that there are */
export async function makeTransition(
  connection: JiraConnection,
  id: string,
  move: Move,
): Promise<void> {
  try {
    await transitionOnce(connection, id, move);
  } catch (error) {
    // Two transitions at once: read again what is possible now, then once more.
    if (!(error instanceof TrackerError) || error.status !== 409) throw error;
    await transitionOnce(connection, id, move);
  }
}

async function transitionOnce(
  connection: JiraConnection,
  id: string,
  { transition, mayAct }: Move,
): Promise<void> {
  const { transitions } = await connection.call(
    { name: "transitions", doing: `reading the transitions of issue ${id}`, writes: false },
    (client) => read(client, `/issue/${id}/transitions`, {}),
    shapes.transitionsShape,
  );
  const wanted = transition.toLowerCase();
  const found = transitions.find((t) => t.id === transition || t.name.toLowerCase() === wanted);
  if (!found) throw transitionMissing(id, transition, transitions);
  await connection.call(
    { name: "transition", doing: `moving issue ${id} by "${found.name}"`, writes: true, mayAct },
    (client) => client.transitionIssue(id, { transition: { id: found.id } }),
    shapes.anything,
  );
}

function transitionMissing(
  id: string,
  transition: string,
  there: readonly { readonly id: string; readonly name: string }[],
): TrackerError {
  const names = there.map((t) => `${t.name} (${t.id})`).join(", ");
  return jiraError(
    "DW_TRACKER_CANNOT_MOVE",
    `moving issue ${id}: there is no transition "${transition}"; there are: ${names || "none"}`,
    {
      hint: "Set jira.resolve_transition and jira.reopen_transition to the name or id of a transition (not of a status) that Driftwarden's user may make.",
      retryAfterMs: 600_000,
    },
  );
}
