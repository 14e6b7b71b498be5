/** Waits until a request for a restart has passed to the engine, so that the fault meets a restart half-way. */
import type { World } from "../world.ts";
import { trafficMs } from "./fault.ts";

/** @throws Error when nothing is restarted for a long time */
export async function restartSeen({ proxies }: Pick<World, "proxies">): Promise<void> {
  if (!(await proxies.docker.sees(/^POST \S+\/restart/, trafficMs)))
    throw new Error("the fault met no restart");
}
