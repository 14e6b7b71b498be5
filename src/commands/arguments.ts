/** Schemas of the text behind the word of a command, shared by several commands. */
import { z } from "zod";

/** Nothing is expected; what is said all the same is taken as a remark and left. */
export const nothing = z.string();

const mostCharacters = 1000;

/** A sentence of a person. */
export const sentence = (name: string): z.ZodString =>
  z
    .string()
    .min(1, { error: `${name} is missing` })
    .max(mostCharacters, { error: `${name} is longer than ${mostCharacters} characters` });
