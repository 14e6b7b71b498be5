/** The right that a command requires of the person who gives it. */

/**
 * Who may give a command. `anybody`: also unknown people · `known`: people whom the configuration names, or to whom a
 * group of the tracker gives a role; if the configuration names nobody, all people to whom tickets can be assigned ·
 * else: people with the role.
 */
export type NeededRole =
  | "anybody"
  | "known"
  | "responder"
  | "commander"
  | "communications"
  | "admin";

/** The scope that a token needs: to read, to add texts, to change something. */
export type TokenScope = "read" | "propose" | "act";
