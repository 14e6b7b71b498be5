/** The keys that name a Postgres, and how its address is put together when it is needed. */
import type { z } from "zod";
import { absolutePath, anyObject, postgresUrl } from "./fields.ts";
import { readSecret } from "./secret.ts";

/** The keys by which a database is named. */
export const databaseKeys = {
  url: postgresUrl.optional(),
  url_file: absolutePath.optional(),
  password_file: absolutePath.optional(),
};

interface Database {
  readonly url?: string | undefined;
  readonly url_file?: string | undefined;
  readonly password_file?: string | undefined;
}

/** Rejects keys that contradict each other. */
export function withDatabaseRules<T extends z.ZodType<Database>>(schema: T): T {
  return schema
    .refine(({ url, url_file }) => url === undefined || url_file === undefined, {
      path: ["url_file"],
      error: "give url or url_file, not both",
      when: anyObject,
    })
    .refine(
      ({ url_file, password_file }) => url_file === undefined || password_file === undefined,
      {
        path: ["password_file"],
        error: "the address in url_file can hold the password; give one of the two",
        when: anyObject,
      },
    )
    .refine(({ url, password_file }) => password_file === undefined || namesHost(url), {
      path: ["password_file"],
      error: "needs a url that names a host; put the whole address into url_file",
      when: anyObject,
    });
}

function namesHost(url: string | undefined): boolean {
  return url === undefined || !URL.canParse(url) || new URL(url).hostname !== "";
}

/**
 * The whole address with its password. Each call reads the files, so call it again for each new connection.
 *
 * @throws ConfigError DW_CONFIG_SECRET when a file cannot be used
 */
export function databaseUrl(database: Database): string {
  if (database.url_file !== undefined) return readSecret(database.url_file);
  const url = new URL(database.url ?? "postgres://127.0.0.1");
  if (database.password_file !== undefined) {
    url.password = encodeURIComponent(readSecret(database.password_file));
  }
  return url.href;
}
