/** A log line for people at a terminal: time, level, component, message, then the other fields. */
import { z } from "zod";
import { printable } from "../printable.ts";

const known = z.looseObject({
  level: z.string(),
  time: z.string(),
  msg: z.string().default(""),
  component: z.string().optional(),
});

/** @param line a JSON line of the log; any other text is left as it is, but safe to print */
export function logText(line: string): string {
  let fields: z.infer<typeof known>;
  try {
    fields = known.parse(JSON.parse(line));
  } catch {
    return `${printable(line.trimEnd())}\n`;
  }
  const { level, time, msg, component, ...others } = fields;
  const rest = Object.entries(others).map(([key, value]) => `${key}=${valueText(value)}`);
  const head = [time.slice(11, 19), level.padEnd(5), component, msg];
  const text = [...head.filter((part) => part !== undefined), ...rest].join(" ");
  return `${printable(text)}\n`;
}

function valueText(value: unknown): string {
  return typeof value === "string" && /^[^\s="]+$/.test(value) ? value : JSON.stringify(value);
}
