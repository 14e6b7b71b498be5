/** A freeze as the API and `--json` write it. */
import { isoTime } from "../iso-time.ts";
import { type Freeze, isPlanned } from "./freeze.ts";
import type { Matchers } from "./matchers.ts";

export interface FreezeJson {
  readonly name: string;
  readonly reason: string;
  readonly by: string;
  /** When it was declared. */
  readonly at: string | null;
  readonly state: "planned" | "in_force";
  /** When it begins, or has begun. */
  readonly from: string | null;
  readonly until: string | null;
  /** Which runs it holds back; empty: all. */
  readonly matchers: Readonly<Record<string, readonly string[]>>;
}

/** The given lists, under the keys of `when:`. */
export function matchersJson({
  models,
  features,
  kinds,
  severities,
  services,
}: Matchers): Readonly<Record<string, readonly string[]>> {
  const lists = { model: models, feature: features, kind: kinds, severity: severities };
  const given = Object.entries({ ...lists, service: services }).flatMap(([key, list]) =>
    list === undefined ? [] : [[key, list] as const],
  );
  return Object.fromEntries(given);
}

/** @param freeze one that is not over */
export function freezeJson(freeze: Freeze, nowMs: number): FreezeJson {
  const { name, reason, by, atMs, declaredAtMs, untilMs, matchers } = freeze;
  return {
    name,
    reason,
    by,
    at: isoTime(declaredAtMs),
    state: isPlanned(freeze, nowMs) ? "planned" : "in_force",
    from: isoTime(atMs),
    until: isoTime(untilMs),
    matchers: matchersJson(matchers),
  };
}
