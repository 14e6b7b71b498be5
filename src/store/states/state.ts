/** The stored state of a model. */
import type { ModelKey } from "../../model-key.ts";

export interface ModelState {
  readonly model: ModelKey;
  /** Offset of the newest record that the state contains. */
  readonly appliedThrough: number;
  readonly state: Uint8Array;
}
