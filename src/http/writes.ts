/** Reads the body of a POST: only from this machine, only with a token or a secret, and only up to a size limit. */
import type { HttpHook, HttpWrite } from "../http-route.ts";
import { QueryError } from "../query-errors.ts";
import { HttpError } from "./errors.ts";

const mostBytes = 256 * 1024;
const loopback = /^(127\.|::1$|::ffff:127\.)/;

/** The token is checked before anything of the body is read. */
export async function written(
  route: HttpWrite,
  request: Request,
  remoteAddress: string | undefined,
): Promise<object> {
  if (!loopback.test(remoteAddress ?? "")) throw fromElsewhere();
  const person = personWho(route, request);
  const key = request.headers.get("idempotency-key") ?? undefined;
  const body = route.reads === "text" ? await textOf(request) : await bodyOf(request);
  return route.write({ person, key, body });
}

/** The owner of the token, who may write here. */
function personWho(route: HttpWrite, request: Request): string {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const person = token === undefined ? undefined : route.personOf(token);
  if (person === undefined) throw badToken();
  const lacking = route.lacks?.(person);
  if (lacking !== undefined) throw outOfScope(lacking);
  return person;
}

/** A signature covers the body, so the body is read first. */
export async function announced(
  hook: HttpHook,
  request: Request,
  remoteAddress: string | undefined,
): Promise<object> {
  if (!loopback.test(remoteAddress ?? "")) throw fromElsewhere();
  const query = new URL(request.url).searchParams;
  if ([...query.keys()].some((name) => !hook.parameters.includes(name)))
    throw new QueryError("query", `Known here: ${hook.parameters.join(", ")}.`);
  const body = await textOf(request);
  if (!(await hook.take({ headers: request.headers, query, body }))) throw badSecret();
  return { taken: true };
}

async function textOf(request: Request): Promise<string> {
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  if (!(length <= mostBytes)) throw closing("the body has no length, or more than 256 kB", 413);
  return request.text();
}

async function bodyOf(request: Request): Promise<unknown> {
  const text = await textOf(request);
  try {
    return JSON.parse(text);
  } catch {
    throw closing("the body is not JSON", 400);
  }
}

function closing(problem: string, status: number): HttpError {
  return new HttpError("DW_HTTP_MALFORMED", problem, {
    status,
    hint: "Send JSON with its length, at most 256 kB.",
    headers: { connection: "close" },
  });
}

function fromElsewhere(): HttpError {
  return new HttpError("DW_HTTP_REMOTE_WRITE", "a token would travel unencrypted", {
    status: 403,
    hint: "Write from this machine, or through a proxy on it that speaks TLS.",
    headers: { connection: "close" },
  });
}

function badToken(): HttpError {
  return new HttpError("DW_HTTP_TOKEN", "there is no token, or nobody has it", {
    status: 401,
    hint: "Send Authorization: Bearer and the token of a person under people:.",
    headers: { connection: "close", "www-authenticate": "Bearer" },
  });
}

function outOfScope(scope: string): HttpError {
  return new HttpError("DW_HTTP_SCOPE", `this token may not ${scope}`, {
    status: 403,
    hint: `Add ${scope} to the scopes of the token's owner under people:.`,
    headers: { connection: "close" },
  });
}

function badSecret(): HttpError {
  return new HttpError("DW_HTTP_SECRET", "the announcement is not signed with the secret", {
    status: 401,
    hint: "Give the webhook the secret that the configuration names.",
    headers: { connection: "close" },
  });
}
