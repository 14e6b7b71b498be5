/** Values of the configuration that need parsing: durations, budgets, addresses, files. */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { brokerAddressProblem, jiraAddressProblem, postgresAddressProblem } from "../address.ts";
import type { AddressError } from "../address-errors.ts";
import { parseDuration } from "../duration.ts";
import { linkVariables, unknownVariables } from "../link-template.ts";

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** Whether a host is a loopback address, which only this machine reaches. */
export const isLoopback = (host: string): boolean => loopback.test(host);

/** A schema that turns a text into something typed, or says how the text should have looked. */
function parsed<T>(
  wanted: string,
  parse: (text: string) => T | undefined,
  shown: (text: string) => string = quoted,
) {
  return z.string({ error: `expected ${wanted}` }).transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `expected ${wanted}${shown(text)}` });
    return z.NEVER;
  });
}

/** A value that may be quoted back: short, and of letters, digits and spaces. Anything else could be a secret. */
function quoted(text: string): string {
  return /^[\w .:/,[\]-]{1,24}$/.test(text) && !text.startsWith("/") ? `, found "${text}"` : "";
}

/**
 * `when` of a rule over several keys. The rule is judged even when one of the keys is wrong by itself, so all problems
 * are reported at once. Such a rule has to accept any value in any key.
 */
export function anyObject({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}

/** Times further away have no date in JavaScript, and none in Postgres when they are counted in microseconds. */
const longestMs = 36_500 * 86_400_000;

/** A duration in whole milliseconds that can be added to any date. */
function boundedDuration(text: string): number | undefined {
  const ms = parseDuration(text);
  return ms !== undefined && ms <= longestMs ? ms : undefined;
}

/** `30s`, `1h30m`, `1 hour` → milliseconds, at least one. */
export const duration = parsed(
  "a duration above zero and up to 36500d, such as 30s, 5m or 7d",
  (text) => {
    const ms = boundedDuration(text);
    return ms !== undefined && ms >= 1 ? ms : undefined;
  },
);

/** The same, and `0s`. */
export const durationOrNone = parsed(
  "a duration up to 36500d, such as 0s, 30m or 1h",
  boundedDuration,
);

/** A duration that a timer waits for. Node's timers take at most 24.8 days; longer ones fire at once. */
export const waiting = duration.refine((ms) => ms <= 24 * 86_400_000, {
  error: "is more than 24d, the longest that a timer waits",
});

/** `30d` → milliseconds, a day or more. */
export const days = duration.refine((ms) => ms >= 86_400_000, { error: "is less than 1d" });

/** `6 cadences` → 6. */
export const cadences = parsed("a number of cadences, such as 6 cadences", (text) => {
  const count = Number(/^(\d{1,4}) cadences?$/.exec(text)?.[1]);
  return count > 0 ? count : undefined;
});

const aRunLimit = "a number of runs per time, such as 3 per 24h";

function runLimit(text: string): { readonly runs: number; readonly windowMs: number } | undefined {
  const [, runs, window = ""] =
    /^(\d{1,6}) *(?:runs? +)?(?:\/|per +|an? +|in +) *(\S.*)$/.exec(text.trim()) ?? [];
  const windowMs = boundedDuration(/^\d/.test(window) ? window : `1 ${window}`);
  return windowMs ? { runs: Number(runs), windowMs } : undefined;
}

/** `3 per 24h`, `3 per day`, `3/day` → at most 3 runs in any 24 hours; or several of them. Always a list afterwards. */
export const runLimits = z
  .union([z.string(), z.array(z.string()).min(1)], {
    error: `expected ${aRunLimit}, or a list of them`,
  })
  .transform((given, context) =>
    [given].flat().flatMap((text, place) => {
      const limit = runLimit(text);
      if (limit !== undefined) return limit;
      const message = `expected ${aRunLimit}${quoted(text)}`;
      context.addIssue({ code: "custom", message, path: Array.isArray(given) ? [place] : [] });
      return [];
    }),
  );

/** `20 per 1h` → at most 20 new tickets in any hour. */
export const ticketLimit = parsed("a number of tickets per time, such as 20 per 1h", (text) => {
  const [, count, window = ""] = /^(\d{1,6}) per (\S+)$/.exec(text) ?? [];
  const windowMs = boundedDuration(window);
  return windowMs ? { count: Number(count), windowMs } : undefined;
});

/** Detection remembers this many crossings of a feature, in one byte. */
const rememberedCrossings = 8;

/** `2 of 3` → two of the last three. */
export const kOfN = parsed("so many of at most 8, such as 2 of 3", (text) => {
  const [, k, n] = (/^(\d+) *(?:of|\/) *(\d+)$/.exec(text) ?? []).map(Number);
  return k && n && k <= n && n <= rememberedCrossings ? { k, n } : undefined;
});

/** `127.0.0.1:9642`, `[::1]:0`, `:9642` (every address) → host and port. */
export const listenAddress = parsed(
  "an address and a port, such as 127.0.0.1:9642 or [::1]:9642",
  (text) => {
    const [, host, port] = /^(\[[0-9a-fA-F:]+\]|[\w.-]*):(\d{1,5})$/.exec(text) ?? [];
    if (host === undefined || Number(port) > 65_535) return undefined;
    return { host: host === "" ? "0.0.0.0" : host.replace(/^\[|\]$/g, ""), port: Number(port) };
  },
);

/**
 * An IANA name; timestamps without an offset are read in it. Offsets are refused: Postgres reads their sign the other
 * way round.
 */
export const timeZone = parsed("a time zone such as UTC or Europe/Berlin", (text) => {
  if (/^[+-]/.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
});

/** Where a secret or a socket lies. */
export const absolutePath = parsed(
  "an absolute path of a file",
  (text) => (isAbsolute(text) ? text : undefined),
  // The value is not quoted: by mistake it may be the secret itself.
  () => "",
);

/** Where a Unix socket listens: the kernel keeps 107 bytes of it. */
export const socketPath = absolutePath.refine((path) => Buffer.byteLength(path) <= 107, {
  error: "is longer than 107 bytes, the longest path of a socket",
});

/** A PostgreSQL name, at most the 63 bytes that PostgreSQL keeps. */
export const identifier = z
  .string()
  .refine((name) => name !== "" && Buffer.byteLength(name) <= 63 && !name.includes("\0"), {
    error: "expected a name of 1 to 63 bytes",
  });

/** Postgres stores no NUL, and keys join names by line breaks. */
const withoutControls = (value: string): boolean => !/\p{Cc}/u.test(value);

const mostBytes = (most: number) => ({
  check: (value: string): boolean => Buffer.byteLength(value) <= most,
  error: `is longer than ${most.toLocaleString("en")} bytes`,
});
const longestText = mostBytes(4096);
const longestName = mostBytes(512);
const longestKafkaName = mostBytes(255);

/** The name of a feature has the same limit of 4,096 bytes. */
export const text = z
  .string()
  .trim()
  .min(1, { error: "expected a text that is not empty" })
  .refine(withoutControls, { error: "holds a line break or another control character" })
  .refine(longestText.check, { error: longestText.error });

/** A part of the identity of a model. */
export const modelPart = text.refine(longestName.check, { error: longestName.error });

/** A name by which Kafka identifies a client: a user or a consumer group. */
export const kafkaName = text.refine(longestKafkaName.check, { error: longestKafkaName.error });

export const count = z.int().min(1);

/** One value or a list of them; always a list afterwards. */
export const listOf = <T extends string>(
  value: z.ZodType<T, string>,
): z.ZodType<T[], string | string[]> =>
  z
    .union([value, z.array(value).min(1, { error: "lists nothing" })], {
      error: "expected one value or a list of them",
    })
    .transform((given): T[] => (Array.isArray(given) ? given : [given]));

/** `2 %` → 0.02. */
export const percentage = parsed("a percentage above 0, such as 2 %", (given) => {
  const part = Number(/^(\d{1,4}(?:\.\d{1,6})?) *%$/.exec(given)?.[1]) / 100;
  return part > 0 ? part : undefined;
});

function parsedUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

/** Reports without the value, which may be a secret. */
function report(context: z.core.ParsePayload<string>, message: string): void {
  context.issues.push({ code: "custom", message, input: undefined });
}

/** Reports an address with the code and the hint of its error. */
function reportAddress(context: z.core.ParsePayload<string>, error: AddressError): void {
  const { message } = error;
  context.issues.push({ code: "custom", message, params: { error }, input: undefined });
}

const passwordInside =
  "holds a password, which everybody who reads this file would see; put it into a file of its own, named by";

/** A Postgres address without a password. */
export const postgresUrl = z.string().check((context) => {
  const problem = postgresAddressProblem(context.value);
  const url = parsedUrl(context.value);
  if (problem !== undefined || url === undefined) {
    if (problem !== undefined) reportAddress(context, problem);
  } else if (url.password !== "" || url.searchParams.has("password")) {
    report(context, `${passwordInside} url_file or password_file`);
  }
});

/** A page that people open: http or https. */
const webUrl = z.string().check((context) => {
  if (!/^https?:$/.test(parsedUrl(context.value)?.protocol ?? "")) {
    report(context, "expected an address such as https://example.com");
  }
});

/** A page that people open, with variables such as `{{model}}`. */
export const linkTemplate = webUrl.check((context) => {
  const [unknown] = unknownVariables(context.value);
  if (unknown === undefined) return;
  const known = linkVariables.map((name) => `{{${name}}}`).join(", ");
  report(context, `names a variable that there is not; there are ${known}`);
});

/** An API that is given a token: https, or http on this machine; no credentials inside. */
export const apiUrl = webUrl.check((context) => {
  const url = parsedUrl(context.value);
  if (url === undefined) return;
  const problem = jiraAddressProblem(context.value);
  if (problem !== undefined) reportAddress(context, problem);
  if (url.username !== "" || url.password !== "") {
    report(context, `${passwordInside} token_file`);
  } else if (url.protocol === "http:" && !loopback.test(url.hostname)) {
    report(context, "would send the token unencrypted; use https (http is for this machine only)");
  }
});

/** A service inside the network, which may be asked without credentials: http or https; none inside. */
export const serviceUrl = webUrl.check((context) => {
  const url = parsedUrl(context.value);
  if (url === undefined) return;
  if (url.username !== "" || url.password !== "") report(context, `${passwordInside} token_file`);
  if (url.search !== "" || url.hash !== "")
    report(
      context,
      "has a question mark or a hash sign; write the address without what follows it",
    );
});

/** Whether a request to it could be read on its way. */
export function isReadable(address: unknown): boolean {
  const url = typeof address === "string" ? parsedUrl(address) : undefined;
  return url?.protocol === "http:" && !loopback.test(url.hostname);
}

/** A broker of Kafka: `host:port`. */
export const brokerAddress = text.check((context) => {
  const problem = brokerAddressProblem(context.value);
  if (problem !== undefined) reportAddress(context, problem);
});

/** The adapter puts it into searches and paths, so other characters are refused. */
export const projectKey = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9_]{0,254}$/i, { error: "expected the key of a project, such as IR" });
