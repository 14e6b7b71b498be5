/** Faults that once survived all tests (FR-M1, FR-M2), as they would be made in the code of today. Each has to be noticed. */
import type { Mutant } from "./sites.ts";

export interface KnownMutant extends Pick<Mutant, "file" | "from" | "to"> {
  /** Parts of the paths of the test files that have to notice it. */
  readonly tests: readonly string[];
}

type Fault = Pick<Mutant, "file" | "from" | "to">;

const inTests =
  (...tests: readonly string[]) =>
  (faults: readonly Fault[]): readonly KnownMutant[] =>
    faults.map((fault) => ({ ...fault, tests }));

const healing = inTests("test/healing/");
const runs = inTests("test/integration/store/runs.test.ts");
const outbox = inTests("test/integration/store/outbox.test.ts");
const effects = inTests("test/integration/effects-dependency.test.ts");
const coordination = inTests("test/integration/store/coordination.test.ts");
const detection = inTests(
  ...["rules", "accepted-habits", "boundary", "verification-steps", "verification.test"].map(
    (name) => `test/detection/${name}`,
  ),
);
const incidents = inTests("test/incidents/");
const tickets = inTests("test/tickets/t", "test/tickets/jira/conflict");
const source = inTests("test/source/levels.test.ts");
const kafka = inTests("test/stream/kafka/partition-consumer.test.ts");
const config = inTests("test/config/parse", "test/config/secrets");

const faultsOfRuns = [
  // Two decisions at once.
  ...runs([
    {
      file: "src/healing/run-ledger.ts",
      from: "await lockBudgets(tx);",
      to: "",
    },
    {
      file: "src/store/runs/budget.ts",
      from: "status in ('acting', 'acted', 'failed', 'unknown')",
      to: "status in ('acting', 'acted')",
    },
    // A run written down is not decided anew.
    {
      file: "src/healing/run-ledger.ts",
      from: "if (known !== undefined && !mayDecideAnew(known, about)) return asItIs(known);",
      to: "",
    },
    {
      file: "src/store/runs/run.ts",
      from: "where (runs.status = 'denied' and runs.retry_at_ms is not null) or runs.status in ('proposed', 'void')",
      to: "where true",
    },
    // The first word on a run's end stands.
    {
      file: "src/healing/run-ledger.ts",
      from: '{ from: "acting", ...change }',
      to: "change",
    },
    {
      file: "src/store/runs/run.ts",
      from: "where id = $1 and ($8::text is null or status = $8)",
      to: "where id = $1 and ($8::text is null or true)",
    },
    // The cooldown counts from the end of the attempt.
    {
      file: "src/store/runs/budget.ts",
      from: "greatest(finished_at_ms, acted_at_ms, decided_at_ms)",
      to: "decided_at_ms",
    },
  ]),
  ...healing([
    {
      file: "src/healing/runner.ts",
      from: "if (earlier !== undefined && !mayDecideAnew(earlier, request))",
      to: "if (false)",
    },
    // Freshness is judged again after a slow engine.
    {
      file: "src/healing/runner.ts",
      from: "const facts = gatherFacts(requested.incident, this.#moment(requested.fix, request));",
      to: "const { facts } = requested;",
    },
  ]),
];

const faultsOfDetection = detection([
  // k of n.
  {
    file: "src/detection/baseline/thresholding.ts",
    from: "& ((1 << outOf) - 1)",
    to: "& 255",
  },
  // Exactly 1.
  {
    file: "src/detection/baseline/thresholding.ts",
    from: "const crosses = scores[i]! >= 1;",
    to: "const crosses = scores[i]! > 1;",
  },
  {
    file: "src/detection/baseline/thresholding.ts",
    from: "whole.score >= 1;",
    to: "whole.score > 1;",
  },
  {
    file: "src/detection/baseline/thresholding.ts",
    from: "scaled >= 1) crossed",
    to: "scaled > 1) crossed",
  },
  // A row exactly at the end of the assembly window.
  {
    file: "src/detection/attribution/assembler.ts",
    from: "(row.ts >= this.due",
    to: "(row.ts > this.due",
  },
  // A leak.
  {
    file: "src/detection/episode/explain-episode.ts",
    from: "now >= leakRise * (before[slot] ?? 0)",
    to: "true",
  },
  // Frozen.
  {
    file: "src/detection/episode/rules.ts",
    from: "return nonZero >= 2;",
    to: "return nonZero >= 1;",
  },
  {
    file: "src/detection/episode/rules.ts",
    from: "state.frozenAccepted = state.sameRun > 1;",
    to: "",
  },
  {
    file: "src/detection/episode/rules.ts",
    from: "|| state.frozenAccepted)",
    to: ")",
  },
  // Noise widens the boundary of judges of the whole vector, too.
  {
    file: "src/detection/baseline/thresholding.ts",
    from: "score: score / noiseFactor",
    to: "score",
  },
  // A verdict.
  {
    file: "src/detection/episode/verification.ts",
    from: "(isSettled(question) || !episodeOpen || isOver)",
    to: "(isSettled(question) || isOver)",
  },
  {
    file: "src/detection/episode/verification.ts",
    from: "clean >= asked.minAttributions || !episodeOpen",
    to: "clean >= asked.minAttributions",
  },
  {
    file: "src/detection/episode/verification.ts",
    from: "if (at <= question.asked.since) continue;",
    to: "if (at < question.asked.since) continue;",
  },
]);

const faultsOfIncidents = incidents([
  {
    file: "src/incidents/reduce/members.ts",
    from: "member.episode.id !== event.episode)",
    to: "false)",
  },
  {
    file: "src/incidents/remembered-runs.ts",
    from: "runs.length - others.length - most",
    to: "-1000",
  },
  { file: "src/incidents/reduce/tickets.ts", from: "return inDigest === true", to: "return false" },
  {
    file: "src/incidents/reduce/runs.ts",
    from: 'return event.healthy ? undefined : { ...judged, outcome: "failed" };',
    to: 'return { ...judged, outcome: event.healthy ? "recovered" : "failed" };',
  },
]);

const faultsOfDelivery = [
  ...tickets([
    {
      file: "src/tickets/jira/judge.ts",
      from: "const retryable = status === 409;",
      to: "const retryable = false;",
    },
    {
      file: "src/tickets/comments.ts",
      from: "(attempt.sinceActMs ?? commentSettleMs)",
      to: "(attempt.sinceActMs ?? 0)",
    },
  ]),
  ...effects([
    {
      file: "src/outbox/dispatcher.ts",
      from: "if (!this.#isUnavailable(error)) {\n      this.#answered();",
      to: "if (!this.#isUnavailable(error)) {",
    },
    {
      file: "src/outbox/dispatcher.ts",
      from: "failures >= permanentFailures",
      to: "failures > permanentFailures",
    },
    {
      file: "src/outbox/dispatcher.ts",
      from: "const permanentFailures = 5;",
      to: "const permanentFailures = 4;",
    },
  ]),
  ...coordination([
    { file: "src/store/partitions/claim.ts", from: "greatest(decided_offset, $4)", to: "$4" },
    { file: "src/store/partitions/claim.ts", from: "greatest(replay_from, $4)", to: "$4" },
  ]),
  ...outbox([
    {
      file: "src/store/outbox/settle.ts",
      from: "and attempts = $3 and",
      to: "and $3::int is not null and",
    },
    {
      file: "src/store/outbox/take.ts",
      from: "and attempts = $3 and",
      to: "and $3::int is not null and",
    },
  ]),
  ...inTests("test/outbox/")([
    {
      file: "src/outbox/effect-lease.ts",
      from: "if (permit !== undefined && isGood(permit, this.#clocks())) return permit;",
      to: "if (permit !== undefined) return permit;",
    },
  ]),
  ...source([
    {
      file: "src/source/levels.ts",
      from: "Math.ceil(last / 1000) - 1",
      to: "Math.ceil(last / 1000)",
    },
  ]),
  ...source([
    {
      file: "src/source/levels.ts",
      from: "{ above: b1, upTo: b0 }",
      to: "{ above: b1, upTo: b0 - 1 }",
    },
  ]),
  ...kafka([
    {
      file: "src/stream/kafka/partition-consumer.ts",
      from: "if (this.#leaving.signal.aborted) return reader.revoked(this.#partition);",
      to: "",
    },
  ]),
];

const faultsOfConfig = config([
  {
    file: "src/config/fields.ts",
    from: "return ms !== undefined && ms >= 1 ? ms : undefined;",
    to: "return ms;",
  },
  {
    file: "src/config/fields.ts",
    from: '"http:" && !loopback.test(url.hostname)) {',
    to: '"http:" && false) {',
  },
  { file: "src/config/fields.ts", from: '|| url.searchParams.has("password")', to: "" },
  { file: "src/config/secret.ts", from: "0o007", to: "0o004" },
]);

export const known: readonly KnownMutant[] = [
  ...faultsOfRuns,
  ...faultsOfDetection,
  ...faultsOfIncidents,
  ...faultsOfDelivery,
  ...faultsOfConfig,
];
