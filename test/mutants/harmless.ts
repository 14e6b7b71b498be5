/** Mutants that change nothing anybody could notice, each with the reason. */
import type { Mutant } from "./sites.ts";

interface Harmless extends Pick<Mutant, "file" | "from" | "to"> {
  readonly reason: string;
}

const harmless: readonly Harmless[] = [
  {
    file: "src/stream/kafka/partition-consumer.ts",
    from: "!partitionTransitions[from].includes(to)",
    to: "false",
    reason: "no path leads outside the table; the check reports a later mistake in this file",
  },
  {
    file: "src/incidents/severity.ts",
    from: "<",
    to: "<=",
    reason: "of two equal severities either is the worse one",
  },
  {
    file: "src/healing/gates/gate.ts",
    from: "retry === undefined",
    to: "false",
    reason: "a denial that carries no time is final, whether the key is there or not",
  },
  {
    file: "src/tickets/jira/judge.ts",
    from: 'typeof value === "string"',
    to: "true",
    reason: "Node joins a header that came twice into one text, all but set-cookie",
  },
];

/** Why a surviving mutant has no consequence; undefined when a test is missing. */
export function reasonFor({ file, from, to }: Mutant): string | undefined {
  return harmless.find((one) => one.file === file && one.from === from && one.to === to)?.reason;
}
