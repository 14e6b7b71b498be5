/** `fixes:`: condition → remediation on a target. The options of a remediation have a schema of their own. */
import { z } from "zod";
import type { Requirement, Tier } from "../../remediations/remediation.ts";
import { isFixable, openedKinds, severities } from "../incidents/episode.ts";
import { durationOrNone, listOf, runLimits, text, waiting } from "./fields.ts";
import { type Described, describeIssues, valueAt } from "./issues.ts";

/** What the configuration must know of a remediation. */
interface FixedBy {
  /** The `do:` of a fix. */
  readonly name: string;
  /** Strict schema of `target` and the remediation's own options. */
  readonly config: z.ZodType;
  readonly tier: Tier;
  readonly requires: readonly Requirement[];
}

/** The registry's list. */
export type Remediations = readonly FixedBy[];

/** Which incidents a rule is about. */
export const conditionKeys = {
  model: listOf(text).optional(),
  feature: listOf(text).optional(),
  kind: listOf(z.enum(openedKinds)).optional(),
  severity: listOf(z.enum(severities)).optional(),
};

const fixable = z.enum(openedKinds.filter(isFixable));

const fixCondition = { ...conditionKeys, kind: listOf(fixable).optional() };

const condition = z.strictObject(fixCondition).refine((lists) => Object.keys(lists).length > 0, {
  error:
    "says no condition, so the fix would run for everything; name a model, feature, kind or severity",
});

const fixKeys = {
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
    error: "a fix's name has lower-case letters, digits, - and _, at most 63",
  }),
  when: condition,
  do: text,
  mode: z.enum(["off", "observe", "approve", "auto"]).default("observe"),
  cooldown: durationOrNone.prefault("30m"),
  max_runs: runLimits.prefault("3 per 24h"),
  max_runs_per_target: runLimits.optional(),
  with_dependants: z.boolean().default(false),
  healthy_floor: z.int().min(0).max(1000).default(0),
  healthy_within: waiting.prefault("5m"),
  approve_within: waiting.prefault("30m"),
  deny_for: durationOrNone.prefault("24h"),
  approvers: z.enum(["any", "other"]).default("any"),
  approvals: z.int().min(1).max(2).default(1),
  confirmations: z.enum(["once", "twice"]).default("once"),
};

/** What every fix has; the rest of its keys belongs to its remediation and is judged by {@link ownParts}. */
export const fixes = z.array(z.object(fixKeys)).default([]);

/** What a remediation made of its part of one fix. */
interface OwnPart {
  /** Output of the remediation's schema; undefined when there are issues. */
  readonly options: unknown;
  readonly issues: readonly Described[];
}

function ownPart(fix: Readonly<Record<string, unknown>>, remediations: Remediations): OwnPart {
  const name = fix["do"];
  const remediation = remediations.find((known) => known.name === name);
  if (remediation === undefined) {
    const names = remediations.map((known) => known.name).join(", ");
    const message = `names no remediation there is; there are: ${names}`;
    // A missing `do` is reported by the schema above.
    return { options: undefined, issues: name === undefined ? [] : [{ path: ["do"], message }] };
  }
  const own = Object.fromEntries(
    Object.entries(fix).filter(([key]) => !Object.hasOwn(fixKeys, key)),
  );
  const result = remediation.config.safeParse(own);
  const failed = { issues: result.error?.issues ?? [], schema: remediation.config, input: own };
  const issues = describeIssues(failed, Object.keys(fixKeys));
  if (fix["mode"] === "auto" && remediation.tier !== "auto") {
    const message = `cannot be auto: ${remediation.name} is of tier ${remediation.tier}`;
    issues.push({ path: ["mode"], message });
  }
  return { options: result.data, issues };
}

/**
 * Lets the remediation of each fix check the keys that belong to it.
 *
 * @param given what stands under `fixes:`, as it was written
 */
export function ownParts(given: unknown, remediations: Remediations): readonly OwnPart[] {
  if (!Array.isArray(given)) return [];
  const names = given.map((fix: unknown) => valueAt(fix, ["name"]));
  return given.map((fix: unknown, index): OwnPart => {
    if (typeof fix !== "object" || fix === null) return { options: undefined, issues: [] };
    const { options, issues } = ownPart(Object.fromEntries(Object.entries(fix)), remediations);
    const isTaken = names[index] !== undefined && names.indexOf(names[index]) < index;
    const message = "an earlier fix has this name, and budgets are counted by it";
    return { options, issues: isTaken ? [...issues, { path: ["name"], message }] : issues };
  });
}

/** The problem of fixes whose remediation requires a section that the configuration lacks. */
const sectionMissing: Readonly<Record<Requirement, string>> = {
  docker: "act through a container engine, and there is none: add docker with its socket",
};

/**
 * The sections that fixes act through and that the configuration lacks. Without this check such a fix would never run,
 * and nothing would say so.
 *
 * @param input the whole configuration, as it was written
 */
export function missingSections(input: unknown, remediations: Remediations): readonly Described[] {
  const given = valueAt(input, ["fixes"]);
  const names = Array.isArray(given) ? given.map((fix: unknown) => valueAt(fix, ["do"])) : [];
  const used = remediations.filter(({ name }) => names.includes(name));
  return [...new Set(used.flatMap(({ requires }) => requires))]
    .filter((section) => valueAt(input, [section]) === undefined)
    .map((section) => ({ path: ["fixes"], message: sectionMissing[section] }));
}
