/**
 * `people:` and `teams:`: who may say what, and who works together. Without `people:`, everybody who can be assigned in
 * the project may give commands.
 */
import { z } from "zod";
import { absolutePath, text, timeZone } from "./fields.ts";

/** Needed by commands; others may be named as well. */
export const neededRoles = ["responder", "commander", "communications", "admin"] as const;

const scope = z.enum(["read", "propose", "act"]);
/** What is typed behind `dw assign`. */
const shortName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,39}$/u, {
  error: "expected a name of at most 40 letters, digits, dots and dashes",
});

const person = z.strictObject({
  jira: text.optional(),
  roles: z.array(text).optional(),
  time_zone: timeZone.prefault("UTC"),
  token_file: absolutePath.optional(),
  scopes: z.array(scope).default(["read", "propose", "act"]),
  machine: z.boolean().default(false),
});

export const people = z.record(shortName, person).default({});

/** Name of a team → the people in it, as `people:` names them. */
export const teams = z.record(shortName, z.array(shortName)).default({});
