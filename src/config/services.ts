/** `services:`: what runs around the models, how it is probed, and whom it hurts when it breaks. */
import { z } from "zod";
import { selector } from "../../remediations/docker/selector.ts";
import { durationOrNone, modelPart, percentage, serviceUrl, text, waiting } from "./fields.ts";
import { type Described, valueAt } from "./issues.ts";

/** It is typed in commands and stands in titles, so it has no spaces. */
const nameForm = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;
const serviceName = z.string().regex(nameForm, {
  error: "a service's name has letters, digits, dots, - and _, at most 63",
});

const tcpAddress = z.string().refine((given) => tcpParts(given) !== undefined, {
  error: "expected a host and a port, such as db.internal:5432 or [::1]:5432",
});

/** `host:port` → its parts; undefined for anything else. */
export function tcpParts(
  address: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, host = "", port] = /^(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})$/.exec(address) ?? [];
  const number = Number(port);
  return host !== "" && number >= 1 && number <= 65_535 ? { host, port: number } : undefined;
}

/** Less would ask a service all the time. */
const interval = waiting.refine((ms) => ms >= 1000, { error: "is less than 1s" });

const endpoint = z
  .strictObject({
    http: serviceUrl.optional(),
    tcp: tcpAddress.optional(),
    part: text.optional(),
    timeout: waiting.prefault("10s"),
    slow_after: waiting.optional(),
    metadata_address: z.boolean().default(false),
  })
  .refine(
    ({ http, tcp }) => (http === undefined) !== (tcp === undefined),
    "needs exactly one of http and tcp",
  )
  .refine(({ tcp, slow_after }) => tcp === undefined || slow_after === undefined, {
    path: ["slow_after"],
    error: "belongs to http; a connection of tcp has only its timeout",
  });

const service = z
  .strictObject({
    tenant: modelPart.default("default"),
    environment: modelPart.default("production"),
    container: selector.optional(),
    health: z.array(endpoint).default([]),
    alerts: z
      .record(text, text)
      .refine((labels) => Object.keys(labels).length > 0, { error: "names no label" })
      .optional(),
    depends_on: z.array(serviceName).default([]),
    impact: text.optional(),
    team: text.optional(),
    background: z.boolean().default(false),
    every: interval.prefault("60s"),
    start_grace: durationOrNone
      .refine((ms) => ms <= 24 * 86_400_000, { error: "is more than 24d" })
      .prefault("3m"),
    memory_above: percentage
      .refine((part) => part <= 1, { error: "is more than 100 %" })
      .prefault("85 %"),
  })
  .refine(
    ({ container, health, alerts }) =>
      container !== undefined || health.length > 0 || alerts !== undefined,
    { error: "names nothing to ask: add container, an address under health, or labels of alerts" },
  );

export const services = z.record(serviceName, service).default({});

/** Problems between services, and between a service and the engine. @param input the configuration, as it was written */
export function serviceProblems(input: unknown): readonly Described[] {
  const given = valueAt(input, ["services"]);
  if (typeof given !== "object" || given === null) return [];
  const names = Object.keys(given);
  return names.flatMap((name) => [
    ...unknownNeeds(name, { given, names }),
    ...askedTwice(name, given),
    ...withoutEngine(name, input),
  ]);
}

function unknownNeeds(
  name: string,
  { given, names }: { readonly given: object; readonly names: readonly string[] },
): readonly Described[] {
  const needs = valueAt(given, [name, "depends_on"]);
  return (Array.isArray(needs) ? needs : []).flatMap((need: unknown, place) => {
    const path = ["services", name, "depends_on", place];
    if (need === name) return [{ path, message: "names the service itself" }];
    // A name of another form is reported by the schema.
    if (typeof need !== "string" || !nameForm.test(need) || names.includes(need)) return [];
    return [{ path, message: "names no service under services" }];
  });
}

function askedTwice(name: string, given: object): readonly Described[] {
  const health = valueAt(given, [name, "health"]);
  const places = (Array.isArray(health) ? health : []).map((one: unknown) =>
    String(valueAt(one, ["http"]) ?? valueAt(one, ["tcp"])),
  );
  return places.flatMap((address, place) =>
    places.indexOf(address) < place
      ? [
          {
            path: ["services", name, "health", place],
            message: "repeats an address of this service",
          },
        ]
      : [],
  );
}

function withoutEngine(name: string, input: unknown): readonly Described[] {
  const path = ["services", name, "container"];
  if (valueAt(input, path) === undefined || valueAt(input, ["docker"]) !== undefined) return [];
  return [
    { path, message: "needs a container engine, and there is none: add docker with its socket" },
  ];
}
