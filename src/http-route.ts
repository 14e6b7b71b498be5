/** What a room gives to be read under `/api/v1/`. */

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
