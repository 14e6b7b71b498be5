/** The types of the routes that a room contributes below `/api/v1/`, and how they read a query. */
import { QueryError } from "./query-errors.ts";

/** One page of a list. */
export interface Page {
  readonly items: readonly unknown[];
  /** What to pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** A list that a room offers. */
export interface HttpRoute {
  readonly path: `/api/v1/${string}`;
  /** Parameters of its query, beside `after` and `limit`. */
  readonly parameters?: readonly string[];
  /** @throws QueryError for a query that it cannot read */
  handler(query: URLSearchParams): Promise<Page> | Page;
}

/** One item of a list. Its query has no parameters. */
export interface HttpItemRoute {
  readonly path: `/api/v1/${string}/:id`;
  /** What the item is, for the answer 404: `incident`. */
  readonly noun: string;
  /** @returns undefined when there is none */
  find(id: string): Promise<object | undefined> | object | undefined;
}

/** An action that people with a token ask for by POST. */
export interface HttpWrite {
  readonly path: `/api/v1/${string}`;
  /** @returns whose token it is; undefined when nobody has it */
  personOf(token: string): string | undefined;
  /** The scope that the person lacks. Left out, or undefined: none. */
  lacks?(person: string): string | undefined;
  /** `text`: the body is passed on as it came. Default: JSON. */
  readonly reads?: "text";
  /** @throws QueryError for a body that it cannot read */
  write(request: WriteRequest): Promise<object>;
}

export interface WriteRequest {
  readonly person: string;
  /** The header Idempotency-Key; undefined when there is none. */
  readonly key: string | undefined;
  /** The JSON of the body; its text where the route reads text. */
  readonly body: unknown;
}

/** An announcement that another program sends by POST. It is a hint: the receiver checks for itself. */
export interface HttpHook {
  readonly path: `/api/v1/${string}`;
  /** Parameters of the query. Each may hold a secret, and none is logged. */
  readonly parameters: readonly string[];
  /** @returns false when the announcement does not prove knowledge of the secret */
  take(announcement: Announcement): Promise<boolean>;
}

export interface Announcement {
  readonly headers: Headers;
  readonly query: URLSearchParams;
  /** Up to 256 kB, as it came. */
  readonly body: string;
}

const pageSize = 100;

/** @throws QueryError for an unknown parameter: if it were ignored, it would look like a filter that works */
export function refuseUnknown(route: HttpRoute | HttpItemRoute, query: URLSearchParams): void {
  const known = "find" in route ? [] : ["after", "limit", ...(route.parameters ?? [])];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const hint = known.length === 0 ? "None is known here." : `Known here: ${known.join(", ")}.`;
  throw new QueryError(unknown, hint);
}

const afterHint = "Pass as after what stands in next of the page before, or leave it out.";

/**
 * A parameter that may be given once.
 *
 * @throws QueryError when it is given twice, or is empty
 */
export function textOf(query: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = query.getAll(name);
  if (others.length > 0) throw new QueryError(name, "Give it once.");
  if (value === "") throw new QueryError(name, "Give it a value, or leave it out.");
  return value;
}

/**
 * A parameter with a closed list of values, which may be given several times: any of them fits.
 *
 * @returns undefined when it is not given
 * @throws QueryError for another value
 */
export function wordsOf<Word extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly Word[],
): readonly Word[] | undefined {
  const given = query.getAll(name);
  const found = given.map(
    (value) =>
      words.find((word) => word === value) ?? refuse(name, `It is one of: ${words.join(", ")}.`),
  );
  return found.length === 0 ? undefined : found;
}

/** How many items a page may have: 1 to 100. */
export function limitOf(query: URLSearchParams): number {
  const given = textOf(query, "limit");
  if (given === undefined) return pageSize;
  const limit = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= pageSize
    ? limit
    : refuse("limit", `It is a whole number from 1 to ${pageSize}.`);
}

/**
 * The `after` of a list whose cursor is a whole number.
 *
 * @returns undefined when there is none
 * @throws QueryError for anything else
 */
export function afterNumber(query: URLSearchParams): number | undefined {
  const after = afterOf(query);
  if (after === undefined) return undefined;
  const number = /^\d{1,15}$/.test(after) ? Number(after) : undefined;
  return number ?? badAfter();
}

/** The `after` of any list. */
export function afterOf(query: URLSearchParams): string | undefined {
  const [after, ...others] = query.getAll("after");
  return others.length > 0 || after === "" ? badAfter() : after;
}

/** @throws QueryError always */
export function badAfter(): never {
  return refuse("after", afterHint);
}

function refuse(parameter: string, hint: string): never {
  throw new QueryError(parameter, hint);
}
