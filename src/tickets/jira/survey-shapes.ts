/** The parts of Jira's answers that the survey reads. */
import { z } from "zod";

export { accountShape } from "./shapes.ts";

export const projectShape = z.object({
  key: z.string(),
  name: z.string().optional(),
  issueTypes: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
});

export const permissionsShape = z.object({
  permissions: z.record(z.string(), z.object({ havePermission: z.boolean() })),
});

const createField = z.object({
  fieldId: z.string().optional(),
  key: z.string().optional(),
  name: z.string().optional(),
  required: z.boolean().default(false),
  hasDefaultValue: z.boolean().default(false),
  schema: z.object({ custom: z.string().optional() }).optional().catch(undefined),
  allowedValues: z.array(z.object({ name: z.string().optional() })).optional(),
});

export type CreateField = z.infer<typeof createField>;

/** `fields` on Cloud, `values` on Data Center. */
export const createFieldsShape = z.object({
  fields: z.array(createField).optional(),
  values: z.array(createField).optional(),
});

export const foundIssuesShape = z.object({
  issues: z.array(
    z.object({
      id: z.string(),
      key: z.string(),
      fields: z.object({
        issuetype: z.object({ name: z.string() }).optional(),
        status: z.object({ statusCategory: z.object({ key: z.string() }).optional() }),
      }),
    }),
  ),
});
