/** `jira:`: where tickets are opened. Without it incidents stand in the journal only. Keys are Alertmanager's. */
import { z } from "zod";
import { absolutePath, anyObject, apiUrl, duration, text } from "./fields.ts";

const priorities = z.strictObject({
  P0: text.default("Highest"),
  P1: text.default("High"),
  P2: text.default("Medium"),
});

const quietTimes = z.object({
  resolve_after: duration.prefault("15m"),
  reopen_duration: duration.prefault("7d"),
});

/** How long incidents stay open and reopen where there is no tracker, ms. */
export const defaultQuietTimes = quietTimes.parse({});

export const jira = z
  .strictObject({
    url: apiUrl,
    auth: z.enum(["basic", "bearer"]).default("basic"),
    user: text.optional(),
    token_file: absolutePath,
    project: text.default("IR"),
    issue_type: text.default("Bug"),
    priorities: priorities.prefault({}),
    fields: z.record(text, z.json()).default({}),
    resolve_after: quietTimes.shape.resolve_after,
    resolve_transition: text.default("Done"),
    reopen_transition: text.default("To Do"),
    reopen_duration: quietTimes.shape.reopen_duration,
    wont_fix_resolution: text.default("Won't Do"),
    deadline: duration.prefault("30s"),
    look_up_for: duration.prefault("5m"),
  })
  .refine(({ auth, user }) => auth !== "basic" || user !== undefined, {
    path: ["user"],
    error: "is needed with auth: basic; a personal access token takes auth: bearer",
    when: anyObject,
  });
