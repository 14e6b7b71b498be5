/** Deletes a comment of ours that was written twice. */
import type { MayAct } from "../../permit.ts";
import { TrackerError } from "../errors.ts";
import type { JiraConnection } from "./connection.ts";
import * as shapes from "./shapes.ts";

interface OwnComment {
  readonly issue: string;
  /** Its id. */
  readonly comment: string;
  readonly mayAct: MayAct | undefined;
}

/** @returns false when we may not; true as well when it is gone already */
export async function removeComment(
  connection: JiraConnection,
  { issue, comment, mayAct }: OwnComment,
): Promise<boolean> {
  try {
    await connection.call(
      {
        name: "delete_comment",
        doing: `deleting a comment of issue ${issue} that was written twice`,
        writes: true,
        mayBeEmpty: true,
        mayAct,
      },
      (client) => {
        const uri = client.makeUri({ pathname: `/issue/${issue}/comment/${comment}` });
        return client.doRequest(client.makeRequestHeader(uri, { method: "DELETE" }));
      },
      shapes.anything,
    );
    return true;
  } catch (error) {
    if (!(error instanceof TrackerError) || error.retryable || error.unavailable) throw error;
    return error.status === 404;
  }
}
