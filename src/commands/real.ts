/** `real`: a person's verdict that it was a real fault. */
import { verdictCommand } from "./verdict.ts";

export const real = verdictCommand({
  word: "real",
  verdict: "real",
  help: "it was a real fault",
  noted: "it was real",
});
