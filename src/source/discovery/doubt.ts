/** What a rule about doubts gets and returns. */
import { printable } from "../../printable.ts";
import type { TableCandidate } from "./candidate.ts";
import type { DecidedSettings } from "./settings.ts";
import type { SourceReader } from "./survey-tables.ts";

export interface Doubt {
  /** One or two sentences. */
  readonly message: string;
  /** A statement that helps, as it is typed. */
  readonly sql?: string;
  /** The key of the source that decides it. */
  readonly key?: string;
}

/** What is doubted: a candidate as a person has decided to read it. */
export interface Doubted {
  readonly candidate: TableCandidate;
  readonly reader: SourceReader;
  readonly decided: DecidedSettings;
}

/** A name from data, in a sentence. */
export const shown = (name: string): string => `"${printable(name)}"`;
