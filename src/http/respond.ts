/** Writes answers: JSON or text, with the same headers, and all errors in one form. */
import { DriftwardenError } from "../errors.ts";
import { QueryError } from "../query-errors.ts";
import { HttpError } from "./errors.ts";

interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The length stands among the headers, so that HEAD says it too. */
export function answer({ status, type, body, headers }: HttpAnswer): Response {
  return new Response(body, {
    status,
    headers: {
      "content-type": type,
      "content-length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
  });
}

const jsonType = "application/json; charset=utf-8";
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

export function json(status: number, value: unknown): Response {
  return answer({ status, type: jsonType, body: line(value) });
}

/** The text of an unexpected error is not shown, because it may hold secrets. */
function shown(error: unknown): DriftwardenError {
  if (error instanceof DriftwardenError) return error;
  return new HttpError("DW_HTTP_INTERNAL", "the request failed", {
    status: 500,
    hint: "The log of Driftwarden says more; look for component http.",
  });
}

/** `{"code","message","hint"}`. */
export function errorBody({ code, message, hint }: DriftwardenError): string {
  return line({ code, message, hint });
}

/** An error in that shape, with the status that fits. */
export function errorAnswer(thrown: unknown): Response {
  const error = shown(thrown);
  const body = errorBody(error);
  if (error instanceof HttpError)
    return answer({ status: error.status, headers: error.headers, type: jsonType, body });
  if (error instanceof QueryError) return answer({ status: 400, type: jsonType, body });
  return answer({ status: error.retryable ? 503 : 500, type: jsonType, body });
}
