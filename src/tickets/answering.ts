/** The executor of answers on tickets: each is written once, whatever is lost. */
import { isUnavailable } from "../errors.ts";
import type { IncidentExecutor } from "../incidents/executor.ts";
import type { AnswerEffect } from "./answer.ts";
import type { Ticketing } from "./ticketing.ts";

/** Answers wait for no other write to the ticket, and none waits for them. */
export function answerExecutor(ticketing: Ticketing | undefined): IncidentExecutor<AnswerEffect> {
  return {
    dependency: "tracker",
    orderKey: "answers",
    isUnavailable,
    handlers: {
      "ticket.answer": async (effect, incident, attempt) => {
        await ticketing?.answer(incident, effect, attempt);
        return [];
      },
    },
  };
}
