/**
 * Attaches the picture of an incident to its ticket, once. The ticket is complete without it: a refusal of the tracker
 * is logged once, and lines of text replace the picture.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { type Digest, isDigest } from "../../incidents/digest.ts";
import type { TicketPictured } from "../../incidents/event.ts";
import type { Incident } from "../../incidents/incident.ts";
import { hasMailLeft } from "../../incidents/reduce/comments.ts";
import type { NotYet } from "../../outbox/executor.ts";
import type { TicketAttempt } from "../creation.ts";
import { TrackerError } from "../errors.ts";
import type { Ticketed } from "../reopening.ts";
import type { AttachedFile, Tracker } from "../tracker.ts";

/** A picture as it was made. */
export interface MadePicture {
  /** Undefined where it could not be rendered. */
  readonly png: Buffer | undefined;
  /** Names that the picture's font cannot show: `[1]` in the picture is the first. Left out where there are none. */
  readonly names?: readonly string[];
  /** The same as text. */
  readonly lines: readonly string[];
}

/** Settles within a deadline of its own. @returns undefined where there is nothing to show */
export type MakePicture = (incident: Incident) => Promise<MadePicture | undefined>;

export interface PicturingOptions {
  readonly tracker: Tracker;
  readonly logger: Logger;
  readonly make: MakePicture;
}

/**
 * @param episode Id of the episode that it was promised for. It names the file: another one may have opened since.
 * @returns what the ticket shows now; nothing where there is no ticket to show it on
 */
export type Picturing = (
  incident: Incident | Digest,
  attempt: TicketAttempt,
  episode: string,
) => Promise<readonly TicketPictured[] | NotYet>;

/** How long after a request its file may still be attached, if the answer was lost. */
const settleMs = 10_000;
/** While another picture is made, this one waits. */
const busyMs = 1000;

/** One picture at a time, so that pictures take neither the memory nor the turns of what people wait for. */
export function createPicturing(options: PicturingOptions): Picturing {
  let busy = false;
  let refused = false;
  const sayRefused = (ticket: string): void => {
    const says = {
      ticket,
      hint: "Give Driftwarden's user Create Attachments, or set jira.pictures: false.",
    };
    if (!refused)
      options.logger.warn(says, "the tracker takes no pictures; tickets show lines of text");
    refused = true;
  };
  return async (incident, attempt, episode) => {
    if (busy) return { notYet: "another picture is made", askAgainInMs: busyMs, contacted: false };
    busy = true;
    try {
      return await pictured(incident, attempt, { ...options, sayRefused, episode });
    } finally {
      busy = false;
    }
  };
}

interface Work extends PicturingOptions {
  readonly sayRefused: (ticket: string) => void;
  readonly episode: string;
}

async function pictured(
  incident: Incident | Digest,
  attempt: TicketAttempt,
  work: Work,
): Promise<readonly TicketPictured[]> {
  if (!needsPicture(incident)) return [];
  const { id, key } = incident.ticket;
  const name = pictureName(incident, work.episode);
  const shown = (shows: TicketPictured["shows"]): readonly TicketPictured[] => [
    { type: "ticket_pictured", ticket: id, shows },
  ];
  // A picture that an earlier attempt has attached is not attached again, even if the answer to that attempt was lost.
  const has = attempt.unknown && (await isAttached({ id, file: name }, attempt, work));
  const made = await work.make(incident);
  const file = { file: name, ...(made?.names !== undefined && { names: made.names }) };
  if (has) return shown(file);
  if (made === undefined) return [];
  // An attachment costs a mail.
  const attached =
    hasMailLeft(incident) &&
    (await attachOnce({ id, key, file: name, png: made.png }, attempt, work));
  return shown(attached ? file : { lines: made.lines });
}

/** Whether it has a ticket, is not resolved, and has not become part of another incident. */
function needsPicture(incident: Incident | Digest): incident is Ticketed {
  if (isDigest(incident) || incident.ticket === undefined) return false;
  return incident.state !== "resolved" && incident.partOf === undefined;
}

/** The same for each attempt: by it the picture is found again. */
function pictureName({ number, ticket }: Incident, episode: string): string {
  const hash = createHash("sha256").update(`${ticket?.id}\n${episode}`).digest("hex");
  return `driftwarden-${number}-${hash.slice(0, 8)}.png`;
}

interface Attaching {
  readonly id: string;
  readonly key: string;
  readonly file: string;
  readonly png: Buffer | undefined;
}

/** @returns whether the ticket has the picture now */
async function attachOnce(
  { id, key, file, png }: Attaching,
  attempt: TicketAttempt,
  work: Work,
): Promise<boolean> {
  const { files } = work.tracker;
  if (files === undefined || png === undefined) return false;
  const leftMs = attempt.unknown ? settleMs - (attempt.sinceActMs ?? settleMs) : 0;
  if (leftMs > 0) throw mayBeOnItsWay(key, leftMs);
  // If the list cannot be read afterwards, the next attempt looks for the file first.
  attempt.willWrite?.([file]);
  const taken = await files.attach(
    id,
    { name: file, type: "image/png", bytes: png },
    attempt.mayAct,
  );
  if (!taken) work.sayRefused(key);
  return taken && isAttached({ id, file }, attempt, work);
}

/**
 * Whether the file is on the ticket. A proxy that sends a request twice attaches it twice; later copies are deleted.
 */
async function isAttached(
  { id, file }: Pick<Attaching, "id" | "file">,
  { mayAct }: TicketAttempt,
  { tracker: { files } }: Work,
): Promise<boolean> {
  const same = ((await files?.list(id)) ?? []).filter((one: AttachedFile) => one.name === file);
  for (const extra of same.slice(1)) await files?.remove(extra, mayAct);
  return same.length > 0;
}

function mayBeOnItsWay(key: string, leftMs: number): TrackerError {
  return new TrackerError(
    "DW_TRACKER_OUTCOME_UNKNOWN",
    `attaching a picture to ${key}: an earlier attempt may have attached it, and it is not there yet`,
    {
      hint: "Nothing to do: the picture is looked for again before it is attached again.",
      retryable: true,
      maybeApplied: true,
      retryAfterMs: leftMs,
    },
  );
}
