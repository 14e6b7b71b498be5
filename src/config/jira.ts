/**
 * `jira:`: where tickets are opened. Without it incidents are shown by the API and the command line only. Keys such as
 * `reopen_transition` are named as in Alertmanager's `jira_configs`.
 */
import { z } from "zod";
import { absolutePath, anyObject, apiUrl, duration, projectKey, text, waiting } from "./fields.ts";

/** `none`: the project has no priority, or tickets keep its default. */
const priorities = z.preprocess(
  (value) => (value === "none" ? { P0: null, P1: null, P2: null } : value),
  z.strictObject({
    P0: text.nullable().default("Highest"),
    P1: text.nullable().default("High"),
    P2: text.nullable().default("Medium"),
  }),
);

export const jira = z
  .strictObject({
    url: apiUrl,
    auth: z.enum(["basic", "bearer"]).default("basic"),
    user: text.optional(),
    token_file: absolutePath,
    ca_file: absolutePath.optional(),
    project: projectKey.default("IR"),
    issue_type: text.default("Bug"),
    priorities: priorities.prefault({}),
    key_field: text.optional(),
    fields: z.record(text, z.json()).default({}),
    resolve_transition: text.default("Done"),
    resolve_fields: z.record(text, z.json()).default({}),
    reopen_transition: text.default("To Do"),
    wont_fix_resolution: text.default("Won't Do"),
    groups: z.record(text, z.array(text).min(1)).default({}),
    webhook_secret_file: absolutePath.optional(),
    pictures: z.boolean().default(true),
    deadline: waiting.prefault("30s"),
    look_up_for: duration.prefault("5m"),
  })
  .refine(({ auth, user }) => auth !== "basic" || user !== undefined, {
    path: ["user"],
    error: "is needed with auth: basic; a personal access token takes auth: bearer",
    when: anyObject,
  });
