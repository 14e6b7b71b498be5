/** Containers in memory that remember every act. The fixes of a history act on them. */
import type { ActResult, Remediation, Target } from "../../remediations/remediation.ts";
import type { Fate, FixName, Selection } from "./steps.ts";

export interface Container {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly refusal: string | undefined;
  /** It counts up each time it starts. */
  starts: number;
  /** Another container of the same name has another image. */
  image: number;
  fate: Fate;
  hasDependants: boolean;
  /** Other healthy containers of its service. */
  healthy: number;
}

const nothing = new Map<FixName, readonly Target[]>();

/** Called at each call of a port. It may take its time, or throw because the process dies. */
export type Pause = () => Promise<void>;

export interface EngineOptions {
  /** An act takes effect. */
  readonly onAct: (fix: FixName, container: Container, decided: Target) => void;
}

const container = (name: string, host: string, refusal?: string): Container => ({
  id: name.repeat(64),
  name: `svc-${name}`,
  host,
  refusal,
  starts: 1,
  image: 1,
  fate: "done",
  hasDependants: false,
  healthy: 1,
});

export class SafetyEngine {
  readonly containers = {
    a: container("a", "h1"),
    b: container("b", "h1"),
    c: container("c", "h2"),
    d: container("d", "h2", "svc-d is a database."),
  } as const;
  readonly selections: Record<FixName, Selection> = {
    "restart-a": "one",
    "restart-b": "one",
    "restart-any": "one",
  };
  away = false;
  readonly #options: EngineOptions;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** What the selector of the fix is meant for, and what it finds now. */
  matching(fix: FixName): readonly Container[] | undefined {
    const { a, b, c, d } = this.containers;
    const own = fix === "restart-b" ? b : a;
    const found: { readonly [Name in Selection]: readonly Container[] | undefined } = {
      one: [own],
      none: [],
      undefined: undefined,
      twice: [own, own],
      several: [own, c, d],
      refused: [d],
    };
    return found[this.selections[fix]];
  }

  recreate(name: "a" | "b"): void {
    const one = this.containers[name];
    one.image += 1;
    one.starts += 1;
  }

  /** The remediation of a fix, as one process calls it. */
  remediation(fix: FixName, pause: Pause): Remediation {
    return {
      resolve: async () => {
        await pause();
        if (this.away) throw new Error("the engine is away");
        // A selector that finds nothing may give nothing at all, whatever the types say.
        const found = this.matching(fix);
        return found === undefined ? nothing.get(fix)! : found.map(targetOf);
      },
      plan: ({ name }) => ({ does: `restarts ${name}`, parameters: { grace_seconds: "10" } }),
      act: async (target, mayAct) => {
        await pause();
        const found = this.#found(target);
        if (found === undefined || !isSame(targetOf(found).snapshot, target.snapshot))
          return { status: "changed", detail: "It is not what it was." };
        await mayAct?.();
        const result = this.#restart(fix, found, target);
        await pause();
        return result;
      },
      lookUp: async (target) => {
        await pause();
        const found = this.#found(target);
        const isDone = found !== undefined && `${found.starts}` !== target.snapshot["started_at"];
        return isDone
          ? { status: "done", detail: "It has started since.", after: targetOf(found).snapshot }
          : { status: "failed", detail: "It has not started since." };
      },
      health: async () => {
        await pause();
        return "healthy";
      },
    };
  }

  #found({ id }: Target): Container | undefined {
    return Object.values(this.containers).find((one) => one.id === id);
  }

  #restart(fix: FixName, found: Container, decided: Target): ActResult {
    const { fate } = found;
    if (fate === "done" || fate === "unknown_done") {
      this.#options.onAct(fix, found, decided);
      found.starts += 1;
    }
    if (fate === "done")
      return { status: "done", detail: "It was restarted.", after: targetOf(found).snapshot };
    if (fate === "failed") return { status: "failed", detail: "It was refused." };
    return { status: "unknown", detail: "No answer came." };
  }
}

function targetOf(one: Container): Target {
  const { id, name, host, refusal, starts, image, hasDependants, healthy } = one;
  return {
    id,
    name,
    host,
    refusal,
    snapshot: { image_id: `i${image}`, started_at: `${starts}` },
    ...(hasDependants && { dependants: [{ name: "svc-e", by: "network" }] }),
    ...(healthy > 0 && { siblings: { others: healthy, healthy } }),
  };
}

function isSame(a: Target["snapshot"], b: Target["snapshot"]): boolean {
  return a["image_id"] === b["image_id"] && a["started_at"] === b["started_at"];
}
