/** The errors that both streams share. */
import { DriftwardenError } from "../errors.ts";

/** A newer program has written to the stream. Its records are not set aside, because they would be lost. */
export class StreamNewerError extends DriftwardenError<"DW_STREAM_NEWER"> {
  constructor(found: number, known: number) {
    super(
      "DW_STREAM_NEWER",
      `the stream holds records of form ${found}, this program knows ${known}`,
      {
        hint: "Upgrade this process: another one of its group is newer. Then reading goes on from here, and nothing is lost.",
        retryable: true,
      },
    );
  }
}
