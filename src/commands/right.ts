/** The right that a command requires of the person who gives it. */

/**
 * Who may say it. `anybody`: also unknown people · `known`: people whom the configuration names, or to whom a group of
 * the tracker gives a role; where it names none, whoever the tracker lets be assigned · else: people with the role.
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
