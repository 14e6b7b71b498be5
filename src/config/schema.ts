/** The whole configuration: one section a file, put together here. */
import { z } from "zod";
import { alertmanager } from "./alertmanager.ts";
import { alerts } from "./alerts.ts";
import { detection } from "./detection.ts";
import { docker } from "./docker.ts";
import {
  cadences,
  count,
  duration,
  isLoopback,
  linkTemplate,
  listenAddress,
  waiting,
} from "./fields.ts";
import { fixes } from "./fixes.ts";
import { healing } from "./healing.ts";
import { incidents } from "./incidents.ts";
import { jira } from "./jira.ts";
import { people, teams } from "./people.ts";
import { report } from "./report.ts";
import { retention } from "./retention.ts";
import { routes } from "./routes.ts";
import { services } from "./services.ts";
import { sources } from "./sources.ts";
import { store } from "./store.ts";
import { stream } from "./stream.ts";

const verify = z.strictObject({
  health_after: duration.prefault("5m"),
  model_after: duration.prefault("5m"),
  min_attributions: count.default(3),
  give_up_after: cadences.prefault("6 cadences"),
});

const links = z.strictObject({
  dashboard_url: linkTemplate.optional(),
  runbook_url: linkTemplate.optional(),
});

const http = z
  .strictObject({
    listen: listenAddress.prefault("127.0.0.1:9642"),
    allow_remote: z.boolean().default(false),
  })
  .refine(({ listen, allow_remote }) => allow_remote || isLoopback(listen.host), {
    path: ["listen"],
    error:
      "can be reached from other machines, and there is no password; listen on 127.0.0.1, or say allow_remote: true",
  });

const telemetry = z.strictObject({
  log_level: z.enum(["debug", "info", "warn", "error"]).default("info"),
  max_labelled_models: z.int().min(0).max(1000).default(50),
});

export const configSchema = z.strictObject({
  store,
  sources,
  stream: stream.prefault({}),
  detection: detection.prefault({}),
  incidents: incidents.prefault({}),
  jira: jira.optional(),
  alertmanager: alertmanager.optional(),
  people,
  teams,
  routes,
  links: links.prefault({}),
  docker: docker.optional(),
  services,
  alerts: alerts.prefault({}),
  fixes,
  healing: healing.prefault({}),
  verify: verify.prefault({}),
  retention: retention.prefault({}),
  report: report.prefault({}),
  http: http.prefault({}),
  telemetry: telemetry.prefault({}),
  startup_timeout: waiting.prefault("60s"),
});

type Parsed = z.output<typeof configSchema>;
type ParsedFix = Parsed["fixes"][number] & {
  /** What the remediation's own schema made of its part of the fix. */
  options: unknown;
};

/** The same data, which nobody may change. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The configuration as the program sees it: keys as in the file, every default filled in, durations in milliseconds. */
export type Config = DeepReadonly<Omit<Parsed, "fixes"> & { fixes: ParsedFix[] }>;
