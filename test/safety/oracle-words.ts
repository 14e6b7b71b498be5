/** The oracle's own idea of what people were asked, what they said, and whether it is enough for an act. */
import type { Run } from "../../src/store/runs/run.ts";
import type { FixSettings } from "./steps.ts";

export interface Now {
  readonly trueMs: number;
  readonly storeMs: number;
}

export interface Asked {
  readonly run: string;
  readonly id: string;
  readonly incident: string;
  readonly untilMs: number;
  /** The act as people were shown it. */
  readonly shown: string;
  readonly target: string;
  readonly fix: string;
  readonly severity: string;
  readonly settings: FixSettings;
  /** Who asked for the run; undefined where a fix did. */
  readonly askedBy: string | undefined;
  readonly yes: { readonly who: string; readonly named: boolean }[];
  no: boolean;
  /** It was decided on, whatever came of it. */
  used: boolean;
}

interface No {
  readonly at: Now;
  readonly fix: string;
  readonly target: string;
  readonly severity: string;
}

interface Said {
  readonly who: string;
  readonly incident: string;
  readonly at: Now;
  /** Letters of the proposals that the ticket showed as waiting. */
  readonly shown: readonly string[];
}

const responders: ReadonlySet<string> = new Set(["sarah", "tom"]);

export class OracleWords {
  #asked: Asked[] = [];
  #nos: No[] = [];

  /** People are asked about a run. What was said before is over. */
  ask(run: Run, settings: FixSettings): void {
    if (run.proposal === null) return;
    const { id, act, untilMs, severity, askedBy } = run.proposal;
    const fresh = { yes: [], no: false, used: false, shown: shownAct(run) };
    const of = { run: run.id, incident: run.incident, fix: run.fix, target: act.name };
    this.#asked.push({ id, untilMs, severity, settings, askedBy, ...of, ...fresh });
  }

  /** What people were asked about the run, and has not been decided on. */
  waiting(run: string): Asked | undefined {
    return this.#asked.findLast((one) => one.run === run && !one.used);
  }

  said(text: string, said: Said): void {
    const [word, ...rest] = text.split(" ");
    if (!responders.has(said.who)) return;
    const meant = this.#meant(rest[0] ?? "", said);
    if (meant === undefined) return;
    const tail = rest.slice(meant.id === rest[0] ? 1 : 0).join(" ");
    if (word === "deny") this.#declined(meant, said.at);
    else this.#approved(meant, said, tail);
  }

  #meant(letters: string, { incident, shown }: Said): Asked | undefined {
    const here = this.#asked.filter((one) => one.incident === incident && !one.used);
    if (/^[A-Z]{4}$/.test(letters)) return here.find(({ id }) => id === letters);
    return shown.length === 1 ? here.find(({ id }) => id === shown[0]) : undefined;
  }

  #approved(asked: Asked, { who, at }: Said, tail: string): void {
    if (at.storeMs > asked.untilMs || (tail !== "" && tail !== asked.target)) return;
    asked.yes.push({ who, named: tail === asked.target });
  }

  #declined(asked: Asked, at: Now): void {
    asked.no = true;
    const { fix, target, severity } = asked;
    this.#nos.push({ at, fix, target, severity });
  }

  /** The last no to the fix on the target. */
  lastNo({ fix, targetName }: Run): No | undefined {
    return this.#nos
      .filter((no) => no.fix === fix && no.target === targetName)
      .toSorted((a, b) => b.at.storeMs - a.at.storeMs)[0];
  }

  /** What people were asked and answered by now, to be put back with a backup. */
  memory(): readonly Asked[] {
    return structuredClone(this.#asked);
  }

  /** A word that was used or taken back stays so, whatever the store has forgotten. */
  remember(then: readonly Asked[]): void {
    const now = this.#asked;
    this.#nos = [];
    this.#asked = then.map((one) => {
      const known = now.find(({ run, id }) => run === one.run && id === one.id);
      return { ...structuredClone(one), used: known?.used ?? one.used, no: known?.no ?? one.no };
    });
  }
}

/** What of people's words is missing for the run; undefined when nothing is. */
export function wordLacking(
  run: Run,
  asked: Asked | undefined,
  { at, settings }: { readonly at: Now; readonly settings: FixSettings },
): string | undefined {
  if (asked === undefined) return "though nobody was asked";
  if (asked.no) return "against a no";
  if (asked.shown !== shownAct(run)) return "on something else than what was approved";
  if (at.storeMs > asked.untilMs) return "after the time of its approval";
  // As it was configured when people were asked, and as it is now.
  if (isEnough(asked, asked.settings) && isEnough(asked, settings)) return undefined;
  return `with ${asked.yes.length} words, which are not enough`;
}

function isEnough({ yes: all, askedBy }: Asked, settings: FixSettings): boolean {
  const yes = all.filter(({ who }) => settings.others !== true || who !== askedBy);
  if (settings.approvals === 1) return yes.length > 0;
  const named = settings.twice && yes.slice(1).some((one) => one.named);
  return named || new Set(yes.map(({ who }) => who)).size > 1;
}

/** The target and its state, as people are shown them and as they are when it is decided. */
function shownAct({ fix, incident, targetId, snapshot }: Run): string {
  const { image_id: image, started_at: started } = snapshot ?? {};
  return [fix, incident, targetId, image, started].join(" ");
}
