/** Remembers the episodes in the ticket of an incident or a digest. */
import type { EpisodeOpened } from "../detection/event.ts";
import type { PlacedEpisode } from "../incidents/placing.ts";

/** The episodes in a ticket so far, in the order decided. */
export type ToldBy = () => readonly EpisodeOpened[];

export class ToldEpisodes {
  /** By id of the incident: the episodes in its newest ticket, or in the ticket that it will have. */
  readonly #ofIncidents = new Map<string, EpisodeOpened[]>();
  /** By id of the digest: the lists of its incidents. */
  readonly #ofDigests = new Map<string, Set<readonly EpisodeOpened[]>>();

  /** @param placed with `isOver`: the incident was resolved, so a new episode has a ticket of its own */
  add(
    event: EpisodeOpened,
    { incident, absorbs, isOver }: PlacedEpisode & { readonly isOver: boolean },
  ): void {
    const before = isOver ? [] : (this.#ofIncidents.get(incident) ?? []);
    const taken = absorbs.flatMap((part) => this.#ofIncidents.get(part) ?? []);
    before.push(...taken, event);
    this.#ofIncidents.set(incident, before);
  }

  /** Adds an incident to a digest. The digest's ticket then contains all episodes of the incident, also later ones. */
  addToDigest(digest: string, incident: string): void {
    const own = this.#ofIncidents.get(incident);
    if (own === undefined) return;
    const lists = this.#ofDigests.get(digest) ?? new Set();
    this.#ofDigests.set(digest, lists.add(own));
  }

  /** @param id of an incident or digest whose ticket is opened now */
  by(id: string): ToldBy {
    const lists = this.#ofDigests.get(id);
    if (lists !== undefined)
      return () => [...new Set([...lists].flat())].toSorted((a, b) => a.at - b.at);
    const own = this.#ofIncidents.get(id) ?? [];
    return () => own;
  }
}
