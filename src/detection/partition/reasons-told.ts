/**
 * Remembers the reasons why records could not be read, so that each is logged once. Other programs may write any
 * number of such records to the topic.
 */

/** Some reasons contain a part of the record, so there may be as many reasons as records. */
const atMost = 100;

export class ReasonsTold {
  readonly #told = new Set<string>();

  /** Whether the reason is new, so it should be logged. False for every reason after the first hundred. */
  isNew(reason: string): boolean {
    if (this.#told.has(reason) || this.#told.size >= atMost) return false;
    this.#told.add(reason);
    return true;
  }
}
