/** The errors of a request, and of the server's start. */
import { DriftwardenError, type DriftwardenErrorOptions } from "../errors.ts";

type HttpErrorCode =
  | "DW_HTTP_LISTEN"
  | "DW_HTTP_NOT_FOUND"
  | "DW_HTTP_STARTING"
  | "DW_HTTP_METHOD"
  | "DW_HTTP_HOST"
  | "DW_HTTP_TOKEN"
  | "DW_HTTP_SCOPE"
  | "DW_HTTP_SECRET"
  | "DW_HTTP_REMOTE_WRITE"
  | "DW_HTTP_MALFORMED"
  | "DW_HTTP_INTERNAL";

interface HttpErrorOptions extends DriftwardenErrorOptions {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class HttpError extends DriftwardenError<HttpErrorCode> {
  /** The status of the answer. */
  readonly status: number;
  /** Headers of the answer. */
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(code: HttpErrorCode, message: string, options: HttpErrorOptions) {
    super(code, message, options);
    this.status = options.status;
    this.headers = options.headers;
  }
}

export function malformed(problem: string, status = 400): HttpError {
  return new HttpError("DW_HTTP_MALFORMED", problem, {
    status,
    hint: "Send a plain HTTP/1.1 request with less than 16 KB of headers.",
  });
}
