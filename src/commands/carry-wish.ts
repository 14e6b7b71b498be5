/**
 * Carries out a wish: a person asks for a run. The decision, the incident and the answer are written in the transaction
 * of the command, so the command is carried out once, even if the process dies.
 */
import { subjectOf } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { isShared } from "../incidents/member.ts";
import { recordEvents } from "../incidents/record-events.ts";
import { brokenEpisodes } from "../store/incident-members/broken.ts";
import type { Tx } from "../store/query.ts";
import type { AnsweredWish, CommandContext, WishOutcome } from "./command.ts";
import { type CarryingOptions, figuresOf, type WishLook } from "./context.ts";

interface Carrying {
  readonly context: CommandContext;
  readonly options: CarryingOptions;
  readonly look: WishLook | undefined;
}

export async function carryWish(
  tx: Tx,
  { fix, dry, full, answer }: WishOutcome,
  { context, options, look }: Carrying,
): Promise<AnsweredWish> {
  const { actor, id } = context;
  if (context.incident === undefined || look === undefined)
    throw new TypeError("a run is wished for without an incident or a fix");
  const isFor = context.fixes.find(({ name }) => name === fix)?.isFor;
  const incident = await asMemberFor(tx, context.incident, isFor);
  const figures =
    incident === context.incident ? context.figures : await figuresOf(tx, incident, options);
  const decided = await look.decide(tx, {
    fix,
    incident,
    wish: { command: id, by: actor.by, ...(full && { full }) },
    newestRowMs: figures?.atMs,
    dry,
  });
  const answered = answer(decided, incident);
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

/**
 * The incident with the subject and episode of the member that the fix matches. Several members with different causes
 * may share an incident. If the fix matches no member, or the newest one, the incident is returned unchanged.
 */
async function asMemberFor(
  tx: Tx,
  incident: Incident,
  isFor: ((incident: Incident) => boolean) | undefined,
): Promise<Incident> {
  if (isFor === undefined || !isShared(incident) || isFor(incident)) return incident;
  const members = (await brokenEpisodes(tx, incident.id)).map((episode) => ({
    ...incident,
    subject: subjectOf(episode),
    episode,
  }));
  return members.find(isFor) ?? incident;
}
