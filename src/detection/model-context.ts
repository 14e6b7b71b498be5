/** What the models of an engine share. */
import type { DetectionCounts } from "./attribution/counts.ts";
import type { AttributionRecorder } from "./attribution-recorder.ts";
import type { EngineSettings } from "./settings.ts";
import type { WorkspacePool } from "./workspace.ts";

export interface ModelContext {
  readonly settings: EngineSettings;
  readonly pool: WorkspacePool;
  readonly counts: DetectionCounts;
  /** Receives every attribution; undefined where no chart is drawn. */
  readonly history: AttributionRecorder | undefined;
}
