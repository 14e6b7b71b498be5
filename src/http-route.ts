/** The type of a route that a room contributes below `/api/v1/`. */

/** One page of a list. */
export interface Page {
  readonly items: readonly unknown[];
  /** What to pass as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

/** A list that a room offers. */
export interface HttpRoute {
  readonly path: `/api/v1/${string}`;
  handler(query: URLSearchParams): Promise<Page> | Page;
}
