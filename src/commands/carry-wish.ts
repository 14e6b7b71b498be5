/**
 * Carries out a wish: a person asks for a run. The decision, the incident and the answer are written in the transaction
 * of the command, so the command is carried out once, even if the process dies.
 */
import { recordEvents } from "../incidents/record-events.ts";
import type { Tx } from "../store/query.ts";
import type { AnsweredWish, CommandContext, WishOutcome } from "./command.ts";
import type { CarryingOptions, WishLook } from "./context.ts";

interface Carrying {
  readonly context: CommandContext;
  readonly options: CarryingOptions;
  readonly look: WishLook | undefined;
}

export async function carryWish(
  tx: Tx,
  { fix, dry, answer }: WishOutcome,
  { context, options, look }: Carrying,
): Promise<AnsweredWish> {
  const { incident, actor, id, figures } = context;
  if (incident === undefined || look === undefined)
    throw new TypeError("a run is wished for without an incident or a fix");
  const decided = await look.decide(tx, {
    fix,
    incident,
    wish: { command: id, by: actor.by },
    newestRowMs: figures?.atMs,
    dry,
  });
  const answered = answer(decided);
  if (dry) return answered;
  const { run } = decided;
  const deed = { kind: "wish", fix, run: run.id } as const;
  await recordEvents(
    tx,
    [
      { event: { type: "commanded", command: id, by: actor.by, deed }, incident: incident.id },
      { event: { type: "run_changed", run }, incident: incident.id },
    ],
    options.recording,
  );
  await decided.seal();
  return answered;
}
