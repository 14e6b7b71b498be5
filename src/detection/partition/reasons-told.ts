/**
 * Remembers the reasons why records could not be read, so that each is logged once. Other programs may write any
 * number of such records to the topic.
 */

/** Some reasons contain a part of the record, so there may be as many reasons as records. */
const atMost = 100;

export class ReasonsTold {
  readonly #told = new Set<string>();

  /** Whether nothing was logged for this reason yet; false as well when too many were. */
  isNew(reason: string): boolean {
    if (this.#told.has(reason) || this.#told.size >= atMost) return false;
    this.#told.add(reason);
    return true;
  }
}
