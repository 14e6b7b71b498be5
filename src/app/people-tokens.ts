/** Reads the tokens of `people:` at each request, so a rotated one counts at once and the one before counts no more. */
import type { Logger } from "pino";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";

/**
 * While a file cannot be read, its person has no token: nobody is let in by what the file held before. It is logged
 * once, and once when it can be read again.
 *
 * @returns gives token → name of its person, as the files are now
 * @throws ConfigError DW_CONFIG_SECRET when a token cannot be read at first
 */
export function peopleTokens(
  people: Config["people"],
  logger: Pick<Logger, "warn" | "info">,
): () => ReadonlyMap<string, string> {
  const files = Object.entries(people).flatMap(([person, { token_file: file }]) =>
    file === undefined ? [] : [{ person, file }],
  );
  for (const { file } of files) readSecret(file);
  const unreadable = new Set<string>();
  const read = (person: string, file: string): readonly (readonly [string, string])[] => {
    try {
      const token = readSecret(file);
      if (unreadable.delete(person)) logger.info({ person }, "token of a person is read again");
      return [[token, person]];
    } catch (err) {
      if (!unreadable.has(person))
        logger.warn(
          { person, err },
          "token of a person cannot be read, so commands with it are refused",
        );
      unreadable.add(person);
      return [];
    }
  };
  return () => new Map(files.flatMap(({ person, file }) => read(person, file)));
}
