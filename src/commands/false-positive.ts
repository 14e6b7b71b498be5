/** `false-positive`: a person's verdict that nothing was wrong. */
import { verdictCommand } from "./verdict.ts";

export const falsePositive = verdictCommand({
  word: "false-positive",
  verdict: "false_positive",
  help: "nothing was wrong",
});
