/** Finds probable mistakes in `fixes:` and `healing:`, from the configuration alone. */
import { formatDuration } from "../duration.ts";
import { type CheckFinding, doubtful } from "../finding.ts";
import type { Config } from "./schema.ts";

/** One line for each doubt. */
export function fixDoubts({ fixes, healing, jira }: Config): readonly CheckFinding[] {
  const used = fixes.map((fix, place) => ({ fix, place })).filter(({ fix }) => fix.mode !== "off");
  return [
    ...(jira === undefined ? used.flatMap(({ fix, place }) => unheard(fix, place)) : []),
    ...used.flatMap(({ fix, place }) =>
      (["max_runs", "max_runs_per_target"] as const).flatMap((key) =>
        limitDoubts(fix[key], { name: fix.name, key, path: `fixes.${place}.${key}` }),
      ),
    ),
    ...(used.length === 0 ? [] : (["max_runs", "max_runs_per_host"] as const)).flatMap((key) =>
      limitDoubts(healing[key], { name: "healing", key, path: `healing.${key}` }),
    ),
  ];
}

const withoutTicket = {
  observe: undefined,
  off: undefined,
  approve: "asks before it acts, and without jira: no ticket shows the question",
  auto: "acts by itself, and without jira: no ticket says that it did",
} as const satisfies Record<FixConfig["mode"], string | undefined>;

type FixConfig = Config["fixes"][number];

function unheard({ name, mode }: FixConfig, place: number): readonly CheckFinding[] {
  const doubt = withoutTicket[mode];
  if (doubt === undefined) return [];
  return [
    doubtful(name, {
      message: `${name}: ${doubt}`,
      hint: "Add jira:, or say mode: observe.",
      key: `fixes.${place}.mode`,
    }),
  ];
}

/** A limit of more than one run a minute protects nothing: a restart takes longer to show whether it helped. */
const leastPauseMs = 60_000;

function limitDoubts(
  limits: FixConfig["max_runs_per_target"],
  { name, key, path }: { readonly name: string; readonly key: string; readonly path: string },
): readonly CheckFinding[] {
  return (limits ?? []).flatMap(({ runs, windowMs }) => {
    const limit = `${name}: ${key} ${runs} per ${formatDuration(windowMs)}`;
    if (runs === 0)
      return doubtful(name, {
        message: `${limit} allows no run at all`,
        hint: "Say mode: observe to see what it would do, or mode: off.",
        key: path,
      });
    if (windowMs / runs >= leastPauseMs) return [];
    return doubtful(name, {
      message: `${limit} is more than a run a minute, so it limits nothing`,
      hint: "Say a number that you would still call help, such as 3 per 24h.",
      key: path,
    });
  });
}
