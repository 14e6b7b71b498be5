/** Runs as the store has them. */
import type { Run } from "../../src/store/runs/run.ts";
import { episodeOpened } from "./episodes.ts";

export const storedRun = (id: string): Run => ({
  id,
  fix: "restart-svc",
  remediation: "restart-container",
  incident: "inc-e1",
  subject: `model\n${episodeOpened().model}`,
  model: episodeOpened().model,
  mode: "auto",
  targetId: null,
  targetName: null,
  host: null,
  snapshot: null,
  status: "acted",
  gate: null,
  retryAtMs: null,
  detail: "restarted",
  decidedAtMs: 1,
  actedAtMs: 1,
  finishedAtMs: 1,
  after: null,
  outcome: null,
  answers: [],
  proposal: null,
  replicas: [],
});
