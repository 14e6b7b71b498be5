/** Schemas of the text after the word of a command, shared by several commands. */
import { z } from "zod";

/** No text is expected; any text is accepted and ignored. */
export const nothing = z.string();

const mostCharacters = 1000;

/** A text that a person writes. */
export const sentence = (name: string): z.ZodString =>
  z
    .string()
    .min(1, { error: `${name} is missing` })
    .max(mostCharacters, { error: `${name} is longer than ${mostCharacters} characters` });
