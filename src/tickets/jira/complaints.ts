/** Reads the complaints in an answer of Jira, in any envelope: Jira's own, a gateway's, an emulator's. */
import { z } from "zod";

export interface Complaints {
  /** All complaints, on one line without control characters. */
  readonly says: string;
  /** The complaints about single fields. */
  readonly fields: Readonly<Record<string, string>>;
}

const maxDetail = 300;

/** One complaint: a text, or an object that holds one and perhaps the field that it is about. */
const complaint = z.union([
  z.string().transform((text) => ({ text, field: undefined })),
  z
    .object({
      message: z.coerce.string(),
      field: z.string().optional(),
      name: z.string().optional(),
    })
    .transform(({ message, field, name }) => ({ text: message, field: field ?? name })),
]);
type Complaint = z.infer<typeof complaint>;

const listed = z
  .union([
    z.array(complaint.catch({ text: "", field: undefined })),
    complaint.transform((one) => [one]),
  ])
  .catch([]);
const byField = z
  .record(z.string(), z.union([z.string(), z.array(z.string()).transform((all) => all.join(" "))]))
  .catch({});

const jiras = z.object({ errorMessages: listed, errors: z.unknown().optional() });
const others = z.object({
  errorMessage: listed,
  message: listed,
  messages: listed,
  error: listed,
  detail: listed,
});

/**
 * @param body of an answer; anything
 * @param envelope `jira`: only Jira's own words count, because a good answer may hold a `message` as well
 */
export function complaintsIn(body: unknown, envelope: "jira" | "any" = "any"): Complaints {
  const own = jiras.safeParse(body).data;
  const strange = envelope === "any" ? others.safeParse(body).data : undefined;
  const all: readonly Complaint[] = [
    ...(own?.errorMessages ?? []),
    ...ofErrors(own?.errors),
    ...Object.values(strange ?? {}).flat(),
  ].filter(({ text }) => text !== "");
  const fields = Object.fromEntries(
    all.flatMap(({ field, text }) => (field === undefined ? [] : [[field, text] as const])),
  );
  const line = all.map(({ field, text }) => (field === undefined ? text : `${field}: ${text}`));
  return { says: oneLine(line.join("; ")), fields };
}

/** Jira names the fields as keys; others list them. */
function ofErrors(errors: unknown): readonly Complaint[] {
  if (Array.isArray(errors)) return listed.parse(errors);
  return Object.entries(byField.parse(errors)).map(([field, text]) => ({ field, text }));
}

function oneLine(text: string): string {
  const clean = text.replaceAll(/[\s\p{C}]+/gu, " ").trim();
  return Array.from(clean).slice(0, maxDetail).join("");
}
