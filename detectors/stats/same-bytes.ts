/** An upgrade where the bytes of an older version mean the same. */
import type { DetectorState, OlderState } from "../detector.ts";

/** Copies them. @param version whose bytes they are */
export const bytesOfVersion =
  (version: number) =>
  (from: OlderState, to: DetectorState): boolean => {
    if (from.version !== version || from.bytes.length !== to.bytes.length) return false;
    to.bytes.set(from.bytes);
    return true;
  };
