/** The answer of a question that could not be asked. It says nothing about the service. */
import { messageOf } from "../errors.ts";
import { foreign } from "./figures.ts";
import type { ProbeAnswer } from "./probe.ts";

export const unaskedOf = (error: unknown): ProbeAnswer => ({
  status: "unasked",
  reason: foreign(messageOf(error), 200),
});
