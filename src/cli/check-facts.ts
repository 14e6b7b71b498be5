/** Describes what a configuration would do, from the file alone. */
import { fixDoubts } from "../config/fix-facts.ts";
import { peopleFacts } from "../config/people-facts.ts";
import type { Config } from "../config/schema.ts";
import { formatDuration } from "../duration.ts";
import { fine } from "../finding.ts";
import type { CheckedPart } from "./check-lines.ts";

const consequence: Readonly<Record<Config["fixes"][number]["mode"], string>> = {
  auto: "ACTS BY ITSELF",
  approve: "asks a person, and acts once one has approved it",
  observe: "only says what it would do",
  off: "is switched off",
};

const transforms: Readonly<Record<string, string>> = {
  auto: "auto (common_scale, or none for a model with fewer than three features)",
};

/** @param budgets what each fix may do at most, in the order of the configuration */
export function configFacts(
  config: Config,
  { file, budgets }: { readonly file: string; readonly budgets: readonly string[] },
): readonly CheckedPart[] {
  return [
    ...sourceFacts(config),
    ...fixFacts(config, budgets),
    ...fixDoubts(config).map((finding) => ({ part: "fixes", ...finding })),
    ...peopleFacts(config).map((finding) => ({ part: "people", ...finding })),
    { part: "config", ...fine("file", `${file} is right`) },
  ];
}

function sourceFacts({ sources }: Config): readonly CheckedPart[] {
  return Object.entries(sources).map(([name, { transform, table, poll_interval }]) => {
    const every = formatDuration(poll_interval);
    const how = `reads ${table} every ${every}, transform ${transforms[transform] ?? transform}`;
    return { part: `source:${name}`, ...fine("reading", how) };
  });
}

function fixFacts({ fixes }: Config, budgets: readonly string[]): readonly CheckedPart[] {
  return fixes.map(({ name, mode, do: remediation, options }, place) => {
    const act = `${remediation} ${JSON.stringify(options)}`;
    return {
      part: "fixes",
      ...fine(name, `${name}: ${consequence[mode]}, ${act}, ${budgets[place]}`),
    };
  });
}
