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
];

/** Why a surviving mutant has no consequence; undefined when a test is missing. */
export function reasonFor({ file, from, to }: Mutant): string | undefined {
  return harmless.find((one) => one.file === file && one.from === from && one.to === to)?.reason;
}
