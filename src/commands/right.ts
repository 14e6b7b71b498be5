/** The right that a command requires of the person who gives it. */

/**
 * Who may say it: `anybody`, even who is not known; `known`, whoever is; else who has the role.
 *
 * `known` is also whoever the tracker lets be assigned, where the configuration names no people.
 */
export type NeededRole =
  | "anybody"
  | "known"
  | "responder"
  | "commander"
  | "communications"
  | "admin";

/** What a token must allow: to look, to add words, to change something. */
export type TokenScope = "read" | "propose" | "act";
