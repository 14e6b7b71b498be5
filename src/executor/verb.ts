/** The contract of a verb: one thing that an executor can be asked for. A file each in verbs/, a line in its list. */
import type { z } from "zod";
import type { Permit } from "../permit.ts";

/** What became of a request. */
export type VerbOutcome =
  | { readonly status: "done"; readonly result: unknown }
  /** The permit had expired when the world was to be written to. Nothing was done. */
  | { readonly status: "expired" };

interface Definition<Arguments> {
  readonly name: string;
  /** Strict: a field that is not known is refused. */
  readonly arguments: z.ZodType<Arguments>;
}

interface ReadDefinition<Arguments> extends Definition<Arguments> {
  /** Changes nothing, or only finishes what this executor began. */
  readonly read: (given: Arguments) => Promise<unknown>;
}

interface ActDefinition<Arguments> extends Definition<Arguments> {
  /** Changes the world, under the permit only. */
  readonly act: (given: Arguments, permit: Permit) => Promise<VerbOutcome>;
}

/** A verb, whatever its arguments. */
export interface ExecutorVerb {
  readonly name: string;
  readonly needsPermit: boolean;
  /**
   * @returns undefined where the arguments are not the verb's; nothing was done then
   * @throws DockerError when it cannot be carried out
   */
  carryOut(given: unknown, permit: Permit | undefined): Promise<VerbOutcome> | undefined;
}

export function readVerb<Arguments>(definition: ReadDefinition<Arguments>): ExecutorVerb {
  return {
    name: definition.name,
    needsPermit: false,
    carryOut(given) {
      const parsed = definition.arguments.safeParse(given);
      if (!parsed.success) return undefined;
      return definition.read(parsed.data).then((result) => ({ status: "done", result }));
    },
  };
}

export function actVerb<Arguments>(definition: ActDefinition<Arguments>): ExecutorVerb {
  return {
    name: definition.name,
    needsPermit: true,
    carryOut(given, permit) {
      const parsed = definition.arguments.safeParse(given);
      return parsed.success && permit !== undefined
        ? definition.act(parsed.data, permit)
        : undefined;
    },
  };
}
