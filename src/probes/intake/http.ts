/**
 * The HTTP door for alerts: `POST /api/v1/alerts`. An Alertmanager tries again after any answer but 2xx and 4xx, so each
 * alert of a body that was read is answered for itself.
 */
import { createHash } from "node:crypto";
import type { HttpWrite, WriteRequest } from "../../http-route.ts";
import { fingerprint } from "../../incidents/fingerprint.ts";
import { type AddressedAlert, type AlertSettings, addressed } from "./alert.ts";
import { readBody } from "./read-body.ts";
import { type Became, type RecordingNotices, recordNotices } from "./record-notices.ts";

/** Somebody who owns a token. */
export interface AlertSender {
  readonly name: string;
  /** Has the scope `propose`. */
  readonly mayPropose: boolean;
  /** What it writes is an alert. What a person writes is a report. */
  readonly isMachine: boolean;
}

export interface AlertWriteOptions {
  /** Token → name of its owner. Read at each request. */
  readonly tokens: () => ReadonlyMap<string, string>;
  readonly senders: readonly AlertSender[];
  readonly settings: AlertSettings;
  /** Throws while the parts have not started. */
  readonly recording: () => RecordingNotices;
  /** Called for each alert. */
  readonly onTaken: (outcome: AlertOutcome) => void;
}

export type AlertOutcome = Became | "refused";

interface AlertAnswer {
  readonly name: string | null;
  readonly service: string | null;
  readonly became: AlertOutcome;
  readonly detail: string | null;
}

export function alertWrite(options: AlertWriteOptions): HttpWrite {
  const senderOf = (person: string) => options.senders.find(({ name }) => name === person);
  return {
    path: "/api/v1/alerts",
    reads: "text",
    personOf: (token) => {
      // Hashes are compared, so the duration of the comparison reveals nothing about a token.
      const wanted = hashOf(token);
      return [...options.tokens()].find(([known]) => hashOf(known) === wanted)?.[1];
    },
    lacks: (person) => (senderOf(person)?.mayPropose === true ? undefined : "propose"),
    write: (request) => writeAlerts(request, options),
  };
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

async function writeAlerts(
  { person, body }: WriteRequest,
  { senders, settings, recording, onTaken }: AlertWriteOptions,
): Promise<object> {
  const text = String(body);
  const parts = recording();
  const isMachine = senders.some(({ name, isMachine: is }) => name === person && is);
  const by = isMachine || text.trimStart().startsWith("{") ? "alert" : "user_report";
  const moment = { nowMs: parts.clock.now(), by } as const;
  const found = readBody(text).map((read) =>
    "unread" in read ? read : addressed(read, settings, moment),
  );
  const answers = found.map((one) => ("notice" in one ? undefined : unplaced(one)));
  for (const placed of byService(found).values())
    for (const [place, answer] of await record(parts, placed)) answers[place] = answer;
  for (const answer of answers) if (answer !== undefined) onTaken(answer.became);
  return { alerts: answers };
}

function byService(
  found: readonly (AddressedAlert | object)[],
): ReadonlyMap<string, readonly Placed[]> {
  const services = new Map<string, Placed[]>();
  for (const [place, one] of found.entries()) {
    if (!("notice" in one)) continue;
    const key = fingerprint(one.subject);
    const placed = services.get(key) ?? [];
    placed.push({ ...one, place });
    services.set(key, placed);
  }
  return services;
}

interface Placed extends AddressedAlert {
  readonly place: number;
}

function unplaced(found: { readonly unread: string } | { readonly ignored: string }): AlertAnswer {
  const nothing = { name: null, service: null };
  return "unread" in found
    ? { ...nothing, became: "refused", detail: found.unread }
    : { ...nothing, became: "ignored", detail: found.ignored };
}

/** All alerts of a body about one service are one transaction. */
async function record(
  parts: RecordingNotices,
  placed: readonly Placed[],
): Promise<readonly (readonly [number, AlertAnswer])[]> {
  const { subject, isProbed } = placed[0]!;
  const notices = placed.map(({ notice }) => notice);
  const became = await recordNotices(parts, { subject, isProbed, notices });
  return placed.map(({ place, notice, note }, n) => {
    const answer = { name: notice.name, service: subject.name, became: became[n]! };
    return [place, { ...answer, detail: note ?? null }];
  });
}
