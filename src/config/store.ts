/** `store:`: Driftwarden's own schema, the only place where it remembers anything. */
import { z } from "zod";
import { databaseKeys, withDatabaseRules } from "./database.ts";
import { anyObject, identifier } from "./fields.ts";

export const store = withDatabaseRules(
  z
    .strictObject({ ...databaseKeys, schema: identifier.default("driftwarden") })
    .refine(({ url, url_file }) => url !== undefined || url_file !== undefined, {
      error: "says no database; give url or url_file",
      when: anyObject,
    }),
);
