/** Connections that are cut at a byte, in both directions: a kind of its own for each, so that every run has both. */
import type { ByteCuttingProxy, Cut, Direction } from "../byte-cutting-proxy.ts";
import type { Dependency } from "../world.ts";
import { type Kind, type Kinds, trafficMs } from "./fault.ts";

async function cutOrFail(proxy: ByteCuttingProxy, cut: Cut): Promise<void> {
  const met = await proxy.cut(cut, trafficMs);
  if (!met) throw new Error(`a cut met no traffic: ${JSON.stringify(cut)}`);
}

function cutsOf(dependency: Dependency, on?: Kind["on"]): Kinds {
  const kind = (direction: Direction): Kind => ({
    ...(on !== undefined && { on }),
    perform: ({ proxies }, { bytes }) => cutOrFail(proxies[dependency], { direction, bytes }),
  });
  return {
    [`${dependency} connection cut, requests`]: kind("to_server"),
    [`${dependency} connection cut, answers`]: kind("to_client"),
  };
}

export const cuts: Kinds = {
  ...cutsOf("source"),
  ...cutsOf("store"),
  ...cutsOf("kafka", "kafka"),
  ...cutsOf("jira"),
  ...cutsOf("docker"),
  ...cutsOf("executor", "executor"),
  "docker answer truncated after effect": {
    // The answer begins when the engine is done; its first line alone is longer than this.
    perform: ({ proxies }, { bytes }) =>
      cutOrFail(proxies.docker, {
        direction: "to_client",
        bytes: bytes % 20,
        after: /^POST \S+\/restart/,
      }),
  },
};
