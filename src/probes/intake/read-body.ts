/**
 * Reads what was posted: the JSON of an Alertmanager's webhook (version 4), or the six lines of an alert as people and
 * agents write it. Each alert that cannot be read has its reason, and the others count. Pure.
 */
import { z } from "zod";
import { QueryError } from "../../query-errors.ts";
import type { RawAlert } from "./alert.ts";

/** A reason why one alert cannot be read. */
export interface UnreadAlert {
  readonly unread: string;
}

const texts = z.record(z.string().max(200), z.string()).default({});
const alert = z.object({
  status: z.enum(["firing", "resolved"]),
  labels: texts,
  annotations: texts,
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
});
/** Other keys, such as receiver and groupKey, do not matter here. */
const webhook = z.object({ version: z.literal("4"), alerts: z.array(z.unknown()).max(5000) });

/** @throws QueryError for a body that is neither */
export function readBody(body: string): readonly (RawAlert | UnreadAlert)[] {
  const text = body.trim();
  return text.startsWith("{") ? readWebhook(text) : [readBlock(text)];
}

const wanted =
  'Send the webhook body of an Alertmanager ("version": "4"), or lines that begin with [P1] Agent: NAME | Service: NAME.';

function readWebhook(text: string): readonly (RawAlert | UnreadAlert)[] {
  const parsed = webhook.safeParse(parsedJson(text));
  if (!parsed.success) throw new QueryError("body", wanted);
  return parsed.data.alerts.map((given) => {
    const read = alert.safeParse(given);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    return {
      unread: `${issue?.path.map(String).join(".").slice(0, 60)}: ${issue?.message.slice(0, 120)}`,
    };
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const firstLine = /^\[(P[012]|RESOLVED)\] Agent: ([^|\n]+)\| Service: ([^\n]+)$/;

/**
 * The first line names severity, agent and service. The others may be left out. `[RESOLVED]` in place of the severity says
 * that it is over.
 */
function readBlock(text: string): RawAlert {
  const [first = "", ...others] = text.split("\n").map((each) => each.trim());
  const [, tag, agent, service] = firstLine.exec(first) ?? [];
  if (tag === undefined || agent === undefined || service === undefined)
    throw new QueryError("body", wanted);
  const fields = new Map(
    others.flatMap((each) => {
      const [, name, value] = /^(Time|Summary|Impact|Dashboard|Runbook): *(.+)$/.exec(each) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const annotation = (key: string, name: string) =>
    fields.has(name) ? { [key]: fields.get(name)! } : {};
  const isOver = tag === "RESOLVED";
  return {
    status: isOver ? "resolved" : "firing",
    labels: {
      alertname: `report of ${agent.trim()}`,
      service: service.trim(),
      agent: agent.trim(),
      severity: isOver ? "P2" : tag,
    },
    annotations: {
      ...annotation("summary", "Summary"),
      ...annotation("impact", "Impact"),
      ...annotation("dashboard_url", "Dashboard"),
      ...annotation("runbook_url", "Runbook"),
    },
    ...(isOver ? { endsAt: fields.get("Time") } : { startsAt: fields.get("Time") }),
  };
}
