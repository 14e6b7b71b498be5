/** The parts of Jira's answers that are read; all other parts are ignored. */
import { z } from "zod";
import { personShape } from "./accounts.ts";

export const anything = z.unknown();

export const createdShape = z.object({ id: z.string(), key: z.string() });

export const issueShape = z.object({
  id: z.string(),
  key: z.string(),
  fields: z.looseObject({
    summary: z.string().nullish(),
    /** A document on servers that answer as v3 does; it is not read then. */
    description: z.string().nullish().catch(undefined),
    labels: z.array(z.string()).nullish(),
    status: z.object({ statusCategory: z.object({ key: z.string() }).optional() }),
    resolution: z.object({ name: z.string() }).nullish(),
  }),
  properties: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

export const issuesShape = z.object({ issues: z.array(issueShape) });

export const attachmentsShape = z.object({
  fields: z.object({
    attachment: z.array(z.object({ id: z.string(), filename: z.string() })).nullish(),
  }),
});

export const foundShape = z.object({ id: z.string() });

export const commentShape = z.object({ id: z.string(), author: personShape, body: z.string() });

export const commentsShape = z.object({
  comments: z.array(commentShape),
  total: z.number().int().min(0),
});

export const transitionsShape = z.object({
  transitions: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      to: z
        .object({ statusCategory: z.object({ key: z.string() }).optional() })
        .optional()
        .catch(undefined),
    }),
  ),
});

export const serverShape = z.object({
  /** Cloud, Server or Data Center; very old servers do not say. */
  deploymentType: z.string().optional(),
  baseUrl: z.string().optional(),
});

export const accountShape = z.object({
  displayName: z.string().optional(),
  name: z.string().optional(),
  key: z.string().optional(),
  accountId: z.string().optional(),
});

export const userShape = z.object({ name: z.string() });

export const fieldsShape = z.array(z.object({ id: z.string(), name: z.string().optional() }));

export const projectShape = z.object({ key: z.string(), name: z.string().optional() });

export const prioritiesShape = z.array(z.object({ name: z.string() }));
