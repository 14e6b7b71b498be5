/** `store:`: Driftwarden's own schema, the only place where it remembers anything. */
import { z } from "zod";
import { databaseKeys, withDatabaseRules } from "./database.ts";
import { anyObject } from "./fields.ts";

/** It is a part of the names of notification channels, of which PostgreSQL keeps 63 bytes. */
const schemaName = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,49}$/, {
    error: "expected a schema name of lower-case letters, digits and _, at most 50",
  })
  .refine((name) => !name.startsWith("pg_") && name !== "information_schema", {
    error: "is a name that PostgreSQL keeps for itself",
  });

export const store = withDatabaseRules(
  z
    .strictObject({ ...databaseKeys, schema: schemaName.default("driftwarden") })
    .refine(({ url, url_file }) => url !== undefined || url_file !== undefined, {
      error: "says no database; give url or url_file",
      when: anyObject,
    }),
);
