/** What commands that detect without effects get from `src/main.ts`. */
import type { DetectorType } from "../../detectors/detector.ts";
import type { Remediations } from "../config/fixes.ts";
import type { Config } from "../config/schema.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { WhatIfOptions } from "../replay/what-if.ts";
import type { SourceOptions } from "../source/options.ts";
import type { Cli } from "./cli.ts";

export interface OfflineParts {
  readonly cli: Cli;
  readonly detectors: readonly DetectorType<unknown>[];
  readonly remediations: Remediations;
  /** The engine as a configuration has it. */
  readonly engineSettings: (config: Config) => EngineSettings;
  /** The same for rows that no source of the configuration has. */
  readonly fileSettings: (config: Config) => EngineSettings;
  /** The sources that a configuration names. */
  readonly sources: (config: Config) => readonly SourceOptions[];
  /** Incidents and fixes as a configuration has them; without one as it has them by default. */
  readonly whatIf: (config: Config | undefined) => Omit<WhatIfOptions, "sinceMs">;
}
