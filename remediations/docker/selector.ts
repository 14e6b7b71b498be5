/** The selector of a fix: one label, or one compose service. It can never match every container. */
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, "must be the name of a compose service or project");

/** A selector in a fix's `target:`; exactly one of `label` and `compose_service`. */
export const selector: z.ZodType<Selector> = z
  .strictObject({
    /** `key=value`, as in `docker run --label`. */
    label: z
      .string()
      .regex(/^[^=\s]+=\S.*$/, "must be `key=value` with neither part empty")
      .optional(),
    compose_service: name.optional(),
    /** Narrows `compose_service` to one compose project. */
    compose_project: name.optional(),
  })
  .refine(
    (given) => (given.label === undefined) !== (given.compose_service === undefined),
    "needs exactly one of `label` and `compose_service`: an empty target matches nothing",
  )
  .refine(
    (given) => given.compose_project === undefined || given.compose_service !== undefined,
    "`compose_project` narrows `compose_service` and needs it",
  );

export interface Selector {
  readonly label?: string | undefined;
  readonly compose_service?: string | undefined;
  readonly compose_project?: string | undefined;
}

/** The labels that a container must carry, every one; none when the selector selects nothing. */
export function labelsOf(given: Selector): readonly string[] {
  if (given.label) return [given.label];
  if (!given.compose_service) return [];
  const service = `com.docker.compose.service=${given.compose_service}`;
  if (given.compose_project === undefined) return [service];
  return [service, `com.docker.compose.project=${given.compose_project}`];
}

/** Whether a container has every wanted label. The answer to an empty list is no. */
export function carries(
  have: Readonly<Record<string, string>>,
  wanted: readonly string[],
): boolean {
  // A key that contains `=` could imitate another label.
  const given = Object.entries(have).filter(([key]) => !key.includes("="));
  const labels = new Set(given.map(([key, value]) => `${key}=${value}`));
  return wanted.length > 0 && wanted.every((label) => labels.has(label));
}
