/** The type of a route that a room contributes below `/api/v1/`, and how it refuses a query. */
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
  /** Parameters of its query, beside `after`. */
  readonly parameters?: readonly string[];
  /** @throws QueryError for a query that it cannot read */
  handler(query: URLSearchParams): Promise<Page> | Page;
}

/** @throws QueryError for a parameter that the route does not know: it would be taken for a filter that filters */
export function refuseUnknown({ parameters = [] }: HttpRoute, query: URLSearchParams): void {
  const known = ["after", ...parameters];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new QueryError(unknown, `Known here: ${known.join(", ")}.`);
}

const afterHint = "Pass as after what stands in next of the page before, or leave it out.";

/**
 * The `after` of a list whose cursor is a whole number.
 *
 * @returns undefined when there is none
 * @throws QueryError for anything else
 */
export function afterNumber(query: URLSearchParams): number | undefined {
  const after = query.get("after");
  if (after === null) return undefined;
  const number = /^\d{1,15}$/.test(after) ? Number(after) : undefined;
  return number ?? badAfter();
}

/** @throws QueryError always */
export function badAfter(): never {
  throw new QueryError("after", afterHint);
}
