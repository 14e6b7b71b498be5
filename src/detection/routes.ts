/** The HTTP list of the models in the partitions of this process. */
import type { HttpRoute } from "../http-route.ts";
import type { PartitionEngine } from "./engine.ts";

/** @param engines none while detection has not started */
export function modelRoutes(
  engines: () => Iterable<Pick<PartitionEngine, "models">>,
): readonly HttpRoute[] {
  return [
    {
      path: "/api/v1/models",
      handler: () => ({
        items: [...engines()].flatMap((engine) => [...engine.models()]),
        next: null,
      }),
    },
  ];
}
