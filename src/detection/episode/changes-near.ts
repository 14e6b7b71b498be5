/** Finds the announced changes near the start of an episode: people look for them first. */
import type { AnnouncedChange, EpisodeOpened, Onset } from "../event.ts";

const nearUs = 86_400_000_000;

interface Beginning {
  /** When the episode opened, microseconds since 1970. */
  readonly at: number;
  readonly onset?: Onset | undefined;
}

/** @returns changes from 24 hours before the onset until the opening, oldest first; an empty object without changes */
export function changesNear(
  announced: readonly AnnouncedChange[] = [],
  { at, onset }: Beginning,
): Pick<EpisodeOpened, "changes"> {
  const from = onset?.from ?? at;
  const changes = announced
    .filter((change) => change.at > from - nearUs && change.at <= at)
    .toSorted((one, other) => one.at - other.at);
  return changes.length === 0 ? {} : { changes };
}
