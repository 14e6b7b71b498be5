/** What `check` says of the executor: that it answers, which version it is, and what it may do. */
import { executorWelcome } from "../../remediations/docker/executor/executor-engine.ts";
import { type CheckFinding, doubtful, failed, fine } from "../finding.ts";
import { version } from "../version.ts";

export async function lookAtExecutor(
  socket: string,
  deadlineMs: number,
): Promise<readonly CheckFinding[]> {
  try {
    const { program, verbs, may } = await executorWelcome({ socket, deadlineMs });
    const offers = `it offers ${verbs.join(", ") || "nothing"}`;
    return [
      program === version
        ? fine("executor", `driftwarden ${program} at ${socket}; ${offers}`)
        : doubtful("executor", {
            message: `driftwarden ${program} at ${socket}, and this is ${version}; ${offers}`,
            hint: "Restart driftwarden-executor after an upgrade.",
            key: "docker.executor",
          }),
      ...may.map((sentence) => fine("limits", `may ${sentence}`)),
    ];
  } catch (error) {
    return [failed("executor", error, "docker.executor")];
  }
}
