/**
 * Builds what the configuration alone decides. A reload, which there is not yet, may rebuild all of it.
 *
 * No part that is built here holds a lease, a metric or state in memory. Such parts are built once, in app.ts, and
 * passed in. An error here is thrown before a running part is changed.
 */
import type { Engine } from "../../remediations/docker/engine.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";
import type { SourceOptions } from "../source/options.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import type { MakePicture } from "../tickets/picture/picturing.ts";
import type { Ticketing } from "../tickets/ticketing.ts";
import type { OnRendered } from "../tickets/tracker.ts";
import { engineSettings } from "./engine-settings.ts";
import { buildFixes } from "./fixes.ts";
import type { StoredParts } from "./parts.ts";
import { reducerSettings } from "./reducer-settings.ts";
import { registries } from "./registries.ts";
import { sourceList } from "./sources.ts";
import { buildTicketing } from "./ticketing.ts";

/** Parts that are built once, and that the parts built here use. */
export interface ActingParts {
  /** Undefined where there is none. */
  readonly docker: Engine | undefined;
  readonly ticketsMetrics: TicketsMetrics;
  readonly onRendered?: OnRendered | undefined;
  /** Default: tickets get no pictures. */
  readonly makePicture?: MakePicture | undefined;
  /** Environment of the process. Default: empty. */
  readonly environment?: Environment | undefined;
}

export interface Configured {
  readonly detection: EngineSettings;
  readonly fixes: readonly ConfiguredFix[];
  readonly reducer: ReducerSettings;
  /** Undefined where there is no tracker. */
  readonly ticketing: Ticketing | undefined;
  readonly sources: readonly SourceOptions[];
}

/** @throws ConfigError DW_CONFIG_SECRET when a secret cannot be read */
export function buildConfigured(
  parts: Pick<StoredParts, "config" | "clock" | "logger">,
  { docker, ticketsMetrics: metrics, onRendered, makePicture, environment = {} }: ActingParts,
): Configured {
  const { config, clock } = parts;
  const logger = parts.logger.child({ component: "tickets" });
  const fixes = buildFixes(parts, registries.remediations, { ...(docker && { docker }) });
  const ticketing = buildTicketing(config, {
    clock,
    logger,
    metrics,
    onRendered,
    environment,
    fixes,
    makePicture,
  });
  return {
    detection: engineSettings(config, registries.detectors),
    fixes,
    reducer: reducerSettings(config, { fixes, ticketed: ticketing !== undefined }),
    ticketing,
    sources: sourceList(config),
  };
}
