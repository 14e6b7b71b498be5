/** What detection throws on purpose; bad rows are counted, never thrown. */
import { DriftwardenError } from "../errors.ts";

export class DetectionError extends DriftwardenError<"DW_DETECTION_UNKNOWN_DETECTOR"> {}
