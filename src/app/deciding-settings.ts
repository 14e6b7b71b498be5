/** The settings that all processes of a store must share: what decides what is opened, asked and done. */
import type { Config } from "../config/schema.ts";
import { settingsHash } from "../detection/event-id.ts";

/** Sections with addresses, and with settings of the process itself. */
const ownSections = [
  "store",
  "stream",
  "alertmanager",
  "docker",
  "http",
  "report",
  "telemetry",
  "startup_timeout",
] as const satisfies readonly (keyof Config)[];

/** Keys that say where the rows are, and how often they are read. */
const ownOfSource = [
  "url",
  "url_file",
  "password_file",
  "connect_timeout",
  "statement_timeout",
  "poll_interval",
  "overlap",
  "page_rows",
];
/** Keys that say where Jira is, and with which login. */
const ownOfJira = [
  "url",
  "auth",
  "user",
  "token_file",
  "ca_file",
  "webhook_secret_file",
  "deadline",
];
const ownOfPerson = ["token_file"];

/**
 * Hash of all settings except addresses, secrets, intervals and the log. A new section is in it unless it is listed
 * here.
 */
export function decidingHash(config: Config): string {
  return settingsHash({
    ...without(config, ownSections),
    sources: eachWithout(config.sources, ownOfSource),
    people: eachWithout(config.people, ownOfPerson),
    jira: config.jira && without(config.jira, ownOfJira),
  });
}

/**
 * The hash that programs before schema version 22 compare: detection, incidents, fixes, and what shapes the rows of
 * sources. It must stay the same as theirs, so that older and newer processes agree during a rolling upgrade.
 */
export function olderHash({ detection, incidents, fixes, sources }: Config): string {
  const shaping = Object.entries(sources).map(([name, source]) => {
    const { transform, assembly_window, ignore } = source;
    return [name, { transform, assembly_window, ignore }];
  });
  return settingsHash({ detection, incidents, fixes, sources: Object.fromEntries(shaping) });
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function eachWithout(values: Readonly<Record<string, object>>, keys: readonly string[]): object {
  const pruned = Object.entries(values).map(([name, value]) => [name, without(value, keys)]);
  return Object.fromEntries(pruned);
}
