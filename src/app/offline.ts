/**
 * Builds what the commands that detect without effects need: the registries, and the configuration mapped for their
 * rooms.
 */

import type { Config } from "../config/schema.ts";
import type { EngineSettings } from "../detection/settings.ts";
import { budgetsText } from "../healing/budgets.ts";
import type { Fix } from "../healing/fix.ts";
import { runJson } from "../healing/run-json.ts";
import type { WhatIfOptions } from "../replay/what-if.ts";
import { engineSettings, fileSettings } from "./engine-settings.ts";
import { fixOf } from "./fixes.ts";
import { resolveTimes, ticketBudget } from "./reducer-settings.ts";
import { registries } from "./registries.ts";
import { sourceList } from "./sources.ts";

export const offlineBuilders = {
  ...registries,
  engineSettings: (config: Config): EngineSettings => engineSettings(config, registries.detectors),
  fileSettings: (config: Config): EngineSettings => fileSettings(config, registries.detectors),
  sources: sourceList,
  budgetTexts,
  whatIf,
  runJson,
} as const;

const tierOf = (remediation: string): Fix["tier"] =>
  registries.remediations.find(({ name }) => name === remediation)?.tier ?? "never";

function fixesOf(config: Config): readonly Fix[] {
  return config.fixes.map((fix) => fixOf(fix, config.healing, tierOf(fix.do)));
}

/** What each fix may do at most, for people; in the order of the configuration. */
function budgetTexts(config: Config): readonly string[] {
  return fixesOf(config).map(({ budgets }) => budgetsText(budgets));
}

function whatIf(config: Config | undefined): Omit<WhatIfOptions, "sinceMs"> {
  return {
    ...resolveTimes(config?.incidents),
    ...ticketBudget(config?.incidents),
    fixes: config === undefined ? [] : fixesOf(config),
  };
}
