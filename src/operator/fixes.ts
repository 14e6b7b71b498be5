/** The commands that show what fixes did: how often each helped, its newest runs, and how one run was decided. */
import { z } from "zod";
import { evidenceOf, type TargetEvidence } from "../store/runs/evidence.ts";
import { type ExplainedRun, explainedRun } from "../store/runs/explained.ts";
import { type ListedRun, listRuns } from "../store/runs/list.ts";
import type { Store } from "../store/store.ts";
import type { OperatorCommand } from "./operator-command.ts";

interface Needs {
  readonly store: Store;
}

const ofFix = z.strictObject({ fix: z.string() });

const shownRuns = 10;

export const fixesShow: OperatorCommand<
  typeof ofFix,
  Needs,
  { readonly runs: readonly ListedRun[]; readonly evidence: readonly TargetEvidence[] }
> = {
  words: "fixes show",
  help: "show one fix: its mode, its cooldown, what it matches and its newest runs",
  arguments: ofFix,
  async handle({ fix }, { store }) {
    const { items: runs } = await listRuns(store, { fix, limit: shownRuns });
    return { runs, evidence: await evidenceOf(store, fix) };
  },
};

export const fixesEvidence: OperatorCommand<typeof ofFix, Needs, readonly TargetEvidence[]> = {
  words: "fixes evidence",
  help: "count by target how often a fix helped, did not, and fired for nothing",
  arguments: ofFix,
  handle: ({ fix }, { store }) => evidenceOf(store, fix),
};

const ofRun = z.strictObject({
  run: z.string().refine((text) => /^[0-9a-f]{4,64}$/.test(text), {
    error: "is no id of a run: at least its first 4 digits are needed",
    params: { hint: "driftwarden fixes show FIX lists the newest runs of a fix, with their ids." },
  }),
});

export const fixesExplain: OperatorCommand<typeof ofRun, Needs, ExplainedRun | undefined> = {
  words: "fixes explain",
  help: "show what every gate said of a run, on whose word it happened, and when it is next tried",
  arguments: ofRun,
  handle: ({ run }, { store }) => explainedRun(store, run),
};
