/** Answers: JSON or text, the same headers on all of them, and errors in one shape. */
import type { ServerResponse } from "node:http";
import { DriftwardenError } from "../errors.ts";
import { HttpError } from "./errors.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(status: number, value: unknown): Answer {
  return { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
}

/** An error that was not meant is not shown: its text may hold anything. */
function shown(error: unknown): DriftwardenError {
  if (error instanceof DriftwardenError) return error;
  return new HttpError("DW_HTTP_INTERNAL", "the request failed", {
    status: 500,
    hint: "The log of Driftwarden says more; look for component http.",
  });
}

function statusOf(error: DriftwardenError): number {
  if (error instanceof HttpError) return error.status;
  return error.retryable ? 503 : 500;
}

/** `{"code","message","hint"}` with the status that fits. */
export function errorAnswer(thrown: unknown): Answer {
  const error = shown(thrown);
  const { code, message, hint } = error;
  return json(statusOf(error), { code, message, hint });
}

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    "content-type": answer.type,
    "content-length": Buffer.byteLength(answer.body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...answer.headers,
  });
  // node:http itself leaves the body out of the answer to HEAD.
  response.end(answer.body);
}
