/** Remembers which episodes the ticket of an incident or of a digest tells of. */
import type { EpisodeOpened } from "../detection/event.ts";
import type { PlacedEpisode } from "../incidents/placing.ts";

/** The episodes that a ticket tells of so far, in the order decided. */
export type ToldBy = () => readonly EpisodeOpened[];

export class ToldEpisodes {
  /** Of incidents, by id: the episodes that their newest ticket tells of, or will tell of. */
  readonly #ofIncidents = new Map<string, EpisodeOpened[]>();
  /** Of digests, by id: the lists of their incidents. */
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

  /** The ticket of the digest tells of all episodes of the incident, also of later ones. */
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
