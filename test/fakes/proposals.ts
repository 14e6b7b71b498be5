/** Proposals as an incident remembers them. */
import type { RunSummary } from "../../src/incidents/incident.ts";
import type { AnsweredProposal } from "../../src/incidents/proposal.ts";

export function proposalOf(id: string, changes: Partial<AnsweredProposal> = {}): AnsweredProposal {
  return {
    id,
    act: {
      fix: "restart-svc",
      remediation: "restart-container",
      incident: "inc-e1",
      id: "a".repeat(64),
      name: "feature-store-1",
      host: "box",
      snapshot: {},
      parameters: {},
    },
    hash: "h",
    madeAtMs: 0,
    untilMs: Number.MAX_SAFE_INTEGER,
    newestRowMs: 0,
    freshUntilMs: 0,
    severity: "P1",
    does: "restarts it",
    rules: { approvals: 1, others: false, twice: false },
    canAnswer: [],
    before: { acted: 0, helped: 0 },
    said: [],
    ...changes,
  };
}

/** A run that waits for a person's word. */
export function waitingRun(id: string, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id: `run-${id}`,
    fix: "restart-svc",
    remediation: "restart-container",
    target: "feature-store-1",
    atMs: 0,
    status: "proposed",
    detail: "",
    proposal: proposalOf(id),
    ...changes,
  };
}
