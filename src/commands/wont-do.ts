/** `wont-do`: a person's verdict that nobody will act on the incident. */
import { verdictCommand } from "./verdict.ts";

export const wontDo = verdictCommand({
  word: "wont-do",
  verdict: "wont_do",
  help: "nobody will do anything about it",
});
