/**
 * What a reload rebuilds: everything that a configuration alone decides, as the rooms take it.
 *
 * Nothing here holds a connection, a lease, a metric or a memory; what does is built once, in app.ts. Everything here
 * that can fail fails before a running part is touched.
 */
import type { Engine } from "../../remediations/docker/engine.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { SourceOptions } from "../source/options.ts";
import { engineSettings } from "./engine-settings.ts";
import { wireFixes } from "./fixes.ts";
import type { StoredParts } from "./parts.ts";
import { registries } from "./registries.ts";
import { sourceList } from "./sources.ts";

export interface Configured {
  readonly settings: EngineSettings;
  readonly fixes: readonly ConfiguredFix[];
  readonly sources: readonly SourceOptions[];
}

/**
 * @param engine acts instead of the configured one
 * @throws ConfigError DW_CONFIG_SECRET when a password cannot be read
 */
export function buildConfigured(parts: StoredParts, engine: Engine | undefined): Configured {
  const { config } = parts;
  const fixes = wireFixes(parts, registries.remediations, engine);
  return {
    settings: engineSettings(config, registries.detectors),
    fixes,
    sources: sourceList(config),
  };
}
