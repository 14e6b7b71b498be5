/** The remediation that restarts one container, if the container is still the one that was chosen. */
import { z } from "zod";
import type { Clock } from "../src/clock.ts";
import { messageOf } from "../src/errors.ts";
import type { MayAct } from "../src/permit.ts";
import { type Choice, driftOf, inspected, targetsOf } from "./docker/chosen.ts";
import type { Container, Engine } from "./docker/engine.ts";
import { DockerError } from "./docker/errors.ts";
import { labelsOf, type Selector, selector } from "./docker/selector.ts";
import { settle, settleMs, wasLeftStopped } from "./docker/settled-restart.ts";
import type {
  ActResult,
  Remediation,
  RemediationType,
  Target,
  TargetHealth,
} from "./remediation.ts";

export interface RestartContainerConfig {
  readonly target: Selector;
  readonly grace_seconds: number;
  readonly allow_stateful?: string | undefined;
}

const config: z.ZodType<RestartContainerConfig> = z.strictObject({
  target: selector,
  /** Seconds a container has to stop by itself before it is killed. */
  grace_seconds: z.number().int().min(0).max(3600).default(10),
  /** Name of the one container or compose service that may be restarted although it keeps data. */
  allow_stateful: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/,
      "must be the exact name of one container or compose service; it is no pattern",
    )
    .optional(),
});

/**
 * The `restart-container` remediation.
 *
 * A restart is not idempotent and engines have no idempotency key: three calls at once all succeed. So the target is
 * inspected again right before the act, and an answer that got lost is looked up in started-at, never repeated.
 * Only a container that the interrupted restart left stopped is started, once.
 */
export const restartContainer: RemediationType<RestartContainerConfig, "docker"> = {
  name: "restart-container",
  tier: "auto",
  config,
  requires: ["docker"],
  create: (given, { docker: engine, clock }): Remediation => {
    const { target: wanted, grace_seconds: graceSeconds, allow_stateful: allowStateful } = given;
    const choice = { engine, labels: labelsOf(wanted), allowStateful };
    return {
      // The first label names the service. The second one names only its project.
      get called() {
        return choice.labels.slice(0, 1).map((label) => label.slice(label.indexOf("=") + 1));
      },
      resolve: () => targetsOf(choice),
      plan: ({ name }) => ({
        does: `stops ${name} (within ${graceSeconds} s) and starts it again`,
        did: "Restarted",
        parameters: {
          grace_seconds: String(graceSeconds),
          labels: choice.labels.join(", "),
          ...(allowStateful !== undefined && { allow_stateful: allowStateful }),
        },
      }),
      act: (target, mayAct) => act({ engine, clock, graceSeconds, mayAct, choice }, target),
      // An engine finishes a restart even if its client has disconnected. The wait gives it that time.
      lookUp: (target, begunAtMs) =>
        settle({ engine, clock }, target, {
          waitMs: graceSeconds * 1000 + settleMs,
          mayStart: (now) => wasLeftStopped(now, { begunAtMs, graceSeconds }),
        }),
      health: async ({ id }, after) => healthOf(await inspected(engine, id), after),
    };
  },
};

interface Act {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly graceSeconds: number;
  readonly mayAct: MayAct | undefined;
  readonly choice: Choice;
}

async function act(means: Act, target: Target): Promise<ActResult> {
  try {
    const drift = await driftOf(means.choice, target);
    if (drift !== undefined) return { status: "changed", detail: drift };
  } catch (error) {
    return { status: "failed", detail: `Inspecting ${target.name}: ${describeError(error)}` };
  }
  let refused: { readonly error: unknown } | undefined;
  const mayAct = means.mayAct && noting(means.mayAct, (error) => (refused = { error }));
  try {
    await means.engine.restart(target.id, { graceSeconds: means.graceSeconds, mayAct });
  } catch (error) {
    if (refused !== undefined) throw refused.error;
    return afterError(means, target, error);
  }
  return settle(means, target, { waitMs: settleMs, mayStart: () => true });
}

/** Reports the error that `mayAct` throws, because the engine's client may wrap it in its own error. */
function noting(mayAct: MayAct, onRefusal: (error: unknown) => void): MayAct {
  return () =>
    mayAct().catch((error: unknown) => {
      onRefusal(error);
      throw error;
    });
}

/** The error and its hint, in sentences. */
function describeError(error: unknown): string {
  return error instanceof DockerError
    ? `${error.message.trim()}. ${error.hint}`
    : `${messageOf(error)}.`;
}

async function afterError(means: Act, target: Target, error: unknown): Promise<ActResult> {
  const detail = `Restarting ${target.name}: ${describeError(error)}`;
  if (error instanceof DockerError && error.code === "DW_DOCKER_GONE") {
    return { status: "changed", detail };
  }
  if (error instanceof DockerError && !error.maybeApplied) return { status: "failed", detail };
  const waitMs = means.graceSeconds * 1000 + settleMs;
  const settled = await settle(means, target, { waitMs, mayStart: () => true });
  if (settled.status === "done") return settled;
  return { status: "unknown", detail: `${detail} ${settled.detail}` };
}

function healthOf(
  container: Container | undefined,
  after?: Readonly<Record<string, string>>,
): TargetHealth {
  if (container === undefined) return "gone";
  const { state, health, startedAt } = container;
  if (state === "exited" || state === "dead") return "stopped";
  if (state !== "running") return "unhealthy";
  if (health !== "none") return health;
  const isAgain = after !== undefined && after["started_at"] !== startedAt;
  return isAgain ? "unhealthy" : "healthy";
}
