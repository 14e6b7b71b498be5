/**
 * Builds what the commands that detect without effects need: the registries, and the configuration mapped for their
 * rooms.
 */
import type { Config } from "../config/schema.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { WhatIfOptions } from "../replay/what-if.ts";
import { engineSettings } from "./engine-settings.ts";
import { fixOf } from "./fixes.ts";
import { resolveTimes, ticketBudget } from "./reducer-settings.ts";
import { registries } from "./registries.ts";
import { sourceList } from "./sources.ts";

export const offlineBuilders = {
  ...registries,
  engineSettings: (config: Config): EngineSettings => engineSettings(config, registries.detectors),
  sources: sourceList,
  whatIf,
} as const;

function whatIf(config: Config | undefined): Omit<WhatIfOptions, "sinceMs"> {
  const fixes = (config?.fixes ?? []).map((fix) =>
    fixOf(fix, registries.remediations.find(({ name }) => name === fix.do)?.tier ?? "never"),
  );
  return { ...resolveTimes(config?.incidents), ...ticketBudget(config?.incidents), fixes };
}
