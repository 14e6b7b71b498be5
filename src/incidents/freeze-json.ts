/** A freeze as the API and `--json` write it. */
import { isoTime } from "../iso-time.ts";
import type { Freeze } from "./freeze.ts";

export interface FreezeJson {
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  readonly at: string | null;
  readonly until: string | null;
  /** Which runs it holds back; empty: all. */
  readonly matchers: Readonly<Record<string, readonly string[]>>;
}

export function freezeJson({ name, reason, by, atMs, untilMs, matchers }: Freeze): FreezeJson {
  const { models, features, kinds, severities, services } = matchers;
  const lists = { model: models, feature: features, kind: kinds, severity: severities };
  const given = Object.entries({ ...lists, service: services }).flatMap(([key, list]) =>
    list === undefined ? [] : [[key, list] as const],
  );
  const about = Object.fromEntries(given);
  return { name, reason, by, at: isoTime(atMs), until: isoTime(untilMs), matchers: about };
}
