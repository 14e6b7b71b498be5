/** The engine as the daemon builds it from the smallest configuration. */
import { registries } from "../src/app/app.ts";
import { engineSettings } from "../src/app/detection.ts";
import { parseConfig } from "../src/config/parse.ts";
import type { EngineSettings } from "../src/detection/engine.ts";

const smallest = `
store: {url: "postgres://127.0.0.1/driftwarden"}
sources: {main: {}}
`;

export function defaultEngineSettings(): EngineSettings {
  const { detectors, remediations } = registries;
  return engineSettings(parseConfig(smallest, { file: "smallest.yaml", remediations }), detectors);
}
