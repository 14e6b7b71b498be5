/**
 * Wishes, which are runs that people ask for. This file finds the fixes that a word may name, and their targets. It has
 * the run judged in the transaction of the command. See docs/explanation/approvals.md.
 */
import type { Plan, Target } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import { describeError } from "../errors.ts";
import type { RunWish } from "../incidents/proposal.ts";
import type { DecidedWish, SeenFix, WishedFix, WishedRun } from "../incidents/wish.ts";
import type { Tx } from "../store/query.ts";
import { planOf } from "./decide-run.ts";
import { calledFor } from "./fix.ts";
import { areOne, nameOfTargets } from "./replicas.ts";
import { toRunSummary } from "./run-ledger.ts";
import type { ConfiguredFix, Runner } from "./runner.ts";

/** Deadline for the engine's answer, ms. It is short because a person waits for the reply. */
const lookMs = 4000;

/** The engine's answer about one fix. The caller passes it to `decide`. */
export interface FixLook extends SeenFix {
  readonly found: readonly Target[] | undefined;
}

export interface WishOptions {
  readonly fixes: readonly ConfiguredFix[];
  readonly runner: Runner;
  readonly clock: Clock;
}

export class Wishes {
  readonly #options: WishOptions;

  constructor(options: WishOptions) {
    this.#options = options;
  }

  /**
   * The configured fixes. The targets of those that the word names are read from the engine. If it names none, it may
   * be the name of a container, so the targets of all are read.
   */
  async look(service: string): Promise<readonly FixLook[]> {
    const all = this.#options.fixes.map((configured) => ({
      configured,
      fix: wishedFix(configured),
    }));
    const named = all.filter(({ fix }) => isNamed(fix, service));
    const asked = new Set(named.length > 0 ? named : all);
    return Promise.all(
      all.map(async (one) => ({
        ...one.fix,
        ...(asked.has(one) ? await this.#seen(one.configured) : nobodyAsked),
      })),
    );
  }

  /** Judges the run, and stores it unless it is dry. The caller calls `seal` last in the transaction. */
  async decide(
    tx: Tx,
    { fix: name, incident, wish, newestRowMs, dry }: WishedRun,
    seen: readonly FixLook[],
  ): Promise<DecidedWish & { readonly seal: () => Promise<void> }> {
    const look = seen.find((one) => one.name === name);
    const request = { fix: name, episode: incident.episode.id, newestRowMs, wish };
    const found = { targets: look?.found, resolveError: look?.problem };
    const { run, seal } = await this.#options.runner.wish(tx, request, { incident, found, dry });
    const summary = { ...toRunSummary(run), episode: incident.episode.id, wish };
    return { run: summary, answers: run.answers, does: this.#does(look, wish), seal };
  }

  #does(look: FixLook | undefined, wish: RunWish): string | undefined {
    const configured = this.#options.fixes.find(({ fix }) => fix.name === look?.name);
    if (configured === undefined) return undefined;
    const plan = (target: Target): Plan => configured.remediation.plan(target);
    return planOf({ targets: look?.found, plan, wish })?.does;
  }

  async #seen(configured: ConfiguredFix): Promise<Omit<FixLook, keyof WishedFix>> {
    const { clock } = this.#options;
    const late = new AbortController();
    const tooLate = clock
      .sleep(lookMs, late.signal)
      .then(() => ({ ...nobodyAsked, problem: `no answer within ${lookMs / 1000} s` }));
    try {
      return await Promise.race([looked(configured), tooLate]);
    } catch (error) {
      return { ...nobodyAsked, problem: describeError(error) };
    } finally {
      late.abort();
    }
  }
}

const nobodyAsked = {
  found: undefined,
  targets: undefined,
  health: undefined,
  problem: undefined,
} as const;

async function looked({ remediation }: ConfiguredFix): Promise<Omit<FixLook, keyof WishedFix>> {
  const found = await remediation.resolve();
  const targets = found.map(({ name }) => name);
  const [target, ...more] = found;
  const seen = { found, targets, problem: undefined };
  if (target === undefined || !areOne(found)) return { ...seen, health: undefined };
  const health = await remediation.health(target);
  if (more.length === 0) return { ...seen, health };
  const others = more.map(async (one) => `${one.name} is ${await remediation.health(one)}`);
  const all = [`${target.name} is ${health}`, ...(await Promise.all(others))];
  return { ...seen, health: all.join(", "), replicasOf: nameOfTargets(found) };
}

function wishedFix({ fix, remediation }: ConfiguredFix): WishedFix {
  return {
    name: fix.name,
    remediation: fix.remediation,
    mode: fix.mode,
    called: remediation.called ?? [],
    isFor: (incident) => calledFor(fix, incident),
  };
}

/** Whether a word is the name of the fix, or a name of its target in the configuration. */
const isNamed = ({ name, called }: WishedFix, word: string): boolean =>
  [name, ...called].some((known) => known.toLowerCase() === word.toLowerCase());
