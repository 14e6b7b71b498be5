/** The engine as the daemon builds it from the smallest configuration. */
import { offlineBuilders } from "../src/app/offline.ts";
import { parseConfig } from "../src/config/parse.ts";
import type { EngineSettings } from "../src/detection/engine.ts";

const smallest = `
store: {url: "postgres://127.0.0.1/driftwarden"}
sources: {main: {}}
`;

export function defaultEngineSettings(): EngineSettings {
  const { engineSettings, remediations } = offlineBuilders;
  return engineSettings(parseConfig(smallest, { file: "smallest.yaml", remediations }));
}
