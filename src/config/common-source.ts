/** What the sources of a configuration have in common. Rows that none of them has, such as those of files, go by it. */
import { isDeepStrictEqual } from "node:util";
import type { Config } from "./schema.ts";

type Source = Config["sources"][string];
const keys = ["assembly_window", "transform", "ignore", "predictions"] as const;
type Key = (typeof keys)[number];

export interface CommonSource {
  /** The values on which all sources agree. */
  readonly settings: Partial<Pick<Source, Key>>;
  /** The keys in which they differ. */
  readonly differing: readonly Key[];
}

export function commonSource({ sources }: Pick<Config, "sources">): CommonSource {
  const [first, ...others] = Object.values(sources);
  if (first === undefined) return { settings: {}, differing: [] };
  const agreed = (key: Key): boolean =>
    others.every((other) => isDeepStrictEqual(comparable(other[key]), comparable(first[key])));
  const { assembly_window, transform, ignore, predictions } = first;
  const settings = {
    ...(agreed("assembly_window") && { assembly_window }),
    ...(agreed("transform") && { transform }),
    ...(agreed("ignore") && { ignore }),
    ...(agreed("predictions") && { predictions }),
  };
  return { settings, differing: keys.filter((key) => !agreed(key)) };
}

/** The order of a list means nothing. */
const comparable = (value: Source[Key]): unknown => (Array.isArray(value) ? new Set(value) : value);
