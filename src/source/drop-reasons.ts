/** Why importances of a source are left out when they are read, and the limits of what is read. */

export const sourceDropReasons = [
  "null_timestamp",
  "null_feature",
  "null_model",
  "long_feature",
  "long_model",
  "no_values",
  "not_an_object",
  "long_object",
] as const;

export type SourceDropReason = (typeof sourceDropReasons)[number];

/** Why a row was left out: it belongs to no series, or is too large for the stream. */
export type LeftOutReason = SourceDropReason | "too_large";

/**
 * Rows with longer names are left out. A model's name is a key of the store, whose indexes take 2,704 bytes. The name
 * of a feature is part of records and tickets. The queries cut longer names, so one row cannot fill the memory.
 */
export const maxNameBytes = { feature: 4096, model: 512 } as const;

/** Most characters of an object from feature to number. A longer one is left out as a whole. */
export const maxObjectLength = 131_072;
