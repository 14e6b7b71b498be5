/** `docker:`: the engine whose containers fixes act on, by its own socket or by the executor's. */
import { z } from "zod";
import { socketPath, waiting } from "./fields.ts";
import { type Described, valueAt } from "./issues.ts";

export const docker = z.strictObject({
  socket: socketPath.prefault("/var/run/docker.sock"),
  executor: socketPath.optional(),
  deadline: waiting.prefault("30s"),
});

/**
 * Warns if both sockets are named. The daemon uses only the executor's, and a reader of the file may believe that it
 * needs both.
 *
 * @param input the configuration, as it was written
 */
export function twoSockets(input: unknown): readonly Described[] {
  const given = ["socket", "executor"].map((key) => valueAt(input, ["docker", key]));
  if (given.includes(undefined)) return [];
  const message =
    "stands beside socket, and one of them is used; remove docker.socket, the executor opens it";
  return [{ path: ["docker", "executor"], message }];
}
