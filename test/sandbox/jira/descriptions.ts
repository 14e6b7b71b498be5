/** Atlassian's own descriptions of both Jiras, as judges of requests and of answers. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, OpenAPIBackend } from "openapi-backend";

const data =
  process.env["DRIFTWARDEN_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const folder = join(data, "../jira-openapi");

/** Whether they are beside the data. */
export const described = existsSync(folder);

/** Stands behind the name of what is left out without them. */
export const leftOut = described
  ? ""
  : " (left out: the folder jira-openapi is not beside the data)";

export async function descriptionOf(name: string): Promise<OpenAPIBackend> {
  const definition: Document = JSON.parse(readFileSync(join(folder, name), "utf8"));
  return new OpenAPIBackend({
    definition,
    quick: true,
    strict: false,
    ajvOpts: { strict: false, logger: false, allErrors: true },
  }).init();
}

export interface DescribedAnswer {
  readonly method: string;
  /** As the description writes it. */
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

/** What the description does not allow: an operation or a status that it does not know, or a body of another shape. */
export function answerViolations(
  backend: OpenAPIBackend,
  { method, path, status, body }: DescribedAnswer,
): readonly string[] {
  const request = { method, path, headers: {} };
  const operation = backend.matchOperation(request);
  if (operation === undefined) return ["no such operation"];
  if (!(String(status) in (operation.responses ?? {}))) return [`no status ${status}`];
  if (status === 204) return body === undefined ? [] : ["a body where there is none"];
  const { errors } = backend.validateResponse(body, operation, status);
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
