/**
 * The HTTP door: `POST /api/v1/commands` with `{"incident": 43, "text": "ack"}`. The daemon carries the command out.
 */
import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { HttpWrite, WriteRequest } from "../http-route.ts";
import type { CommandAnswer } from "../messages/answer.ts";
import { plainText } from "../messages/plain-text.ts";
import { QueryError } from "../query-errors.ts";
import { handInAndWait } from "../store/commands/await-answer.ts";
import type { Store } from "../store/store.ts";

export interface CommandWriteOptions {
  /** Token → name of the person who owns it. Read at each request, so that a rotated token is valid at once. */
  readonly tokens: () => ReadonlyMap<string, string>;
  /** Throws while the store has not started. */
  readonly store: () => Store;
  readonly clock: Clock;
  /** How long to wait for the answer, ms. Default 5 s. */
  readonly waitMs?: number;
}

const bodySchema = z.strictObject({
  incident: z.int().min(0).nullable().default(null),
  text: z.string().min(1).max(20_000),
});

/**
 * Requests of one person with the same key are one command. It is carried out once, and each request gets the same
 * answer.
 */
export function commandWrite(options: CommandWriteOptions): HttpWrite {
  return {
    path: "/api/v1/commands",
    personOf: (token) => {
      // Hashes are compared, so the duration of the comparison reveals nothing about a token.
      const wanted = hashOf(token);
      return [...options.tokens()].find(([known]) => hashOf(known) === wanted)?.[1];
    },
    write: (request) => writeCommand(request, options),
  };
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

async function writeCommand(
  { person, key, body }: WriteRequest,
  { store, clock, waitMs = 5000 }: CommandWriteOptions,
): Promise<object> {
  if (key !== undefined && !/^[\x21-\x7e]{1,200}$/.test(key))
    throw new QueryError("Idempotency-Key", "Send 1 to 200 visible characters, or leave it out.");
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) throw new QueryError("body", 'Send {"incident": 43, "text": "ack"}.');
  const { incident, text } = parsed.data;
  const command = {
    door: "http",
    message: `${person}:${key ?? randomUUID()}`,
    place: "",
    incident,
    account: person,
    said: text,
    saidAtMs: clock.now(),
  } as const;
  const answered = await handInAndWait<CommandAnswer>(store(), command, { clock, waitMs });
  if (answered === undefined) return { done: false, code: "waiting", answer: waiting };
  const { done, code, says } = answered.answer;
  return { done, code, answer: plainText(says) };
}

const waiting =
  "It is stored, and is carried out as soon as a daemon can. Ask again with the same Idempotency-Key.";
