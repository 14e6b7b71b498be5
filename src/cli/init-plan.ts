/** Computes what `driftwarden init` will write and print, from what it found and what a person decided. Pure. */
import { resolve } from "node:path";
import { starterConfig } from "../config/starter.ts";
import { printable } from "../printable.ts";
import type { TableCandidate } from "../source/discovery/candidate.ts";
import type { Doubt } from "../source/discovery/doubt.ts";
import { doubtsOf } from "../source/discovery/doubts.ts";
import { sourceGrants, storeGrants } from "../source/discovery/grants.ts";
import {
  type DecidedSettings,
  type ProposedSettings,
  settingsOf,
} from "../source/discovery/settings.ts";
import type { SourceReader } from "../source/discovery/survey-tables.ts";
import { type OutputFile, secretFile, standardOutput } from "./init-files.ts";

export interface InitArguments {
  readonly from: string;
  readonly passwordFile?: string;
  readonly store?: string;
  readonly table?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export interface PlannedConfig {
  readonly candidate: TableCandidate;
  readonly settings: ProposedSettings;
  readonly doubts: readonly Doubt[];
  readonly config: string;
  /** Where the configuration is written; `-` is stdout. */
  readonly out: string;
  readonly files: readonly OutputFile[];
  /** Statements for psql. */
  readonly sql: { readonly source: readonly string[]; readonly store: readonly string[] };
}

interface Given {
  readonly reader: SourceReader;
  readonly candidate: TableCandidate;
  readonly decided: DecidedSettings;
}

export function plannedOf(
  given: InitArguments,
  { reader, candidate, decided }: Given,
): PlannedConfig {
  const { out } = given;
  const settings = settingsOf(candidate, decided);
  const doubts = doubtsOf({ candidate, reader, decided });
  const storeUrl = given.store ?? storeBeside(given.from);
  const source = addressKeys(given.from, {
    out,
    name: "source-url",
    passwordFile: given.passwordFile,
  });
  const store = addressKeys(storeUrl, { out, name: "store-url" });
  const comments = new Map<string, readonly string[]>();
  for (const { key, message, sql } of doubts) {
    if (key === undefined) continue;
    comments.set(key, [
      ...(comments.get(key) ?? []),
      message,
      ...(sql === undefined ? [] : [printable(sql)]),
    ]);
  }
  const config = starterConfig({
    store: store.keys,
    source: { ...source.keys, ...settings },
    comments,
  });
  return {
    candidate,
    settings,
    doubts,
    config,
    out,
    files: [{ file: out, text: config, isSecret: false }, ...source.files, ...store.files],
    sql: {
      source: sourceGrants(candidate.facts, reader),
      store: given.store === undefined ? storeGrants(loginOf(storeUrl)) : [],
    },
  };
}

/**
 * The address of the store if none is given: the role and database `driftwarden`, as in the documentation, on the
 * server of the source.
 */
function storeBeside(source: string): string {
  const url = withoutPassword(source).url;
  url.username = "driftwarden";
  url.pathname = "/driftwarden";
  url.searchParams.delete("options");
  return url.href;
}

function loginOf(address: string): { readonly role: string; readonly database: string } {
  const { username, pathname } = new URL(address);
  return { role: decodeURIComponent(username), database: decodeURIComponent(pathname.slice(1)) };
}

interface Place {
  readonly out: string;
  readonly name: string;
  readonly passwordFile?: string | undefined;
}

/** An address with a password goes into a file of its own. */
function addressKeys(
  address: string,
  { out, name, passwordFile }: Place,
): { readonly keys: Readonly<Record<string, string>>; readonly files: readonly OutputFile[] } {
  const { url, hadPassword } = withoutPassword(address);
  if (!hadPassword) {
    const keys = {
      url: url.href,
      ...(passwordFile !== undefined && { password_file: resolve(passwordFile) }),
    };
    return { keys, files: [] };
  }
  const file = secretFile(out, name);
  const files =
    out === standardOutput ? [] : [{ file, text: `${address.trim()}\n`, isSecret: true }];
  return { keys: { url_file: file }, files };
}

function withoutPassword(address: string): { readonly url: URL; readonly hadPassword: boolean } {
  const url = new URL(address.trim());
  const hadPassword = url.password !== "" || url.searchParams.has("password");
  url.password = "";
  url.searchParams.delete("password");
  return { url, hadPassword };
}
