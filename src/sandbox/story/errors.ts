/** The errors that end the demo's story early. */
import { DriftwardenError } from "../../errors.ts";

/** The pipeline has not caught up within the time that the whole story may take. */
export class StoryError extends DriftwardenError<"DW_SANDBOX_STORY_STALLED"> {}
