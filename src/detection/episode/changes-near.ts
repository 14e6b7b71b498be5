/** Which announced changes stand near the start of an episode: the first thing that people look for. */
import type { AnnouncedChange, EpisodeOpened, Onset } from "../event.ts";

const nearUs = 86_400_000_000;

interface Beginning {
  /** When the episode opened, microseconds since 1970. */
  readonly at: number;
  readonly onset?: Onset | undefined;
}

/** @returns those of the 24 hours before it began, and those since, oldest first; nothing where there are none */
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
