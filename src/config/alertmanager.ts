/** `alertmanager:`: where alerts go when a ticket is not confirmed in time, or a question is not answered. */
import { z } from "zod";
import { absolutePath, anyObject, isReadable, serviceUrl, text, waiting } from "./fields.ts";

export const alertmanager = z
  .strictObject({
    url: serviceUrl,
    user: text.optional(),
    token_file: absolutePath.optional(),
    ca_file: absolutePath.optional(),
    deadline: waiting.prefault("10s"),
  })
  .refine(({ user, token_file }) => user === undefined || token_file !== undefined, {
    path: ["token_file"],
    error: "is needed with user; it holds the password",
    when: anyObject,
  })
  .refine(({ url, token_file }) => token_file === undefined || !isReadable(url), {
    path: ["url"],
    error: "would send the token unencrypted; use https (http is for this machine only)",
    when: anyObject,
  });
