/**
 * The contract of a verb, which is one kind of request to an executor. Each has a file in verbs/ and a line in its
 * list.
 */
import type { z } from "zod";
import type { Permit } from "../permit.ts";

/** What became of a request. */
export type VerbOutcome =
  | { readonly status: "done"; readonly result: unknown }
  /** The permit had expired before the act. Nothing was done. */
  | { readonly status: "expired" };

interface Definition<Arguments> {
  readonly name: string;
  /** Strict: it refuses unknown fields. */
  readonly arguments: z.ZodType<Arguments>;
}

interface ReadDefinition<Arguments> extends Definition<Arguments> {
  /** Changes nothing, or only finishes an act that this executor began. */
  readonly read: (given: Arguments) => Promise<unknown>;
}

interface ActDefinition<Arguments> extends Definition<Arguments> {
  /** Acts, only while the permit is good. */
  readonly act: (given: Arguments, permit: Permit) => Promise<VerbOutcome>;
}

/** A verb, whatever its arguments. */
export interface ExecutorVerb {
  readonly name: string;
  readonly needsPermit: boolean;
  /**
   * @returns undefined where the arguments do not fit the verb's schema; nothing was done then
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
