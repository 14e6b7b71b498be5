/** A model's state as stored. */
import type { ModelKey } from "../../model-key.ts";

export interface ModelState {
  readonly model: ModelKey;
  /** Offset of the newest record in the state. */
  readonly appliedThrough: number;
  readonly state: Uint8Array;
}
