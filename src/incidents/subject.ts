/** What an incident is about: a model or a service. */
import { type ModelKey, modelKey, modelName } from "../model-key.ts";

export interface ModelSubject {
  readonly kind: "model";
  readonly key: ModelKey;
}

export interface ServiceSubject {
  readonly kind: "service";
  readonly tenant: string;
  readonly environment: string;
  /** As `services:` in the config names it. */
  readonly name: string;
}

export type Subject = ModelSubject | ServiceSubject;

/** Where a subject runs. Incidents of different scopes never share a ticket. */
export interface Scope {
  readonly tenant: string;
  readonly environment: string;
}

export function scopeOf(subject: Subject): Scope {
  const { tenant, environment } = subject.kind === "model" ? modelName(subject.key) : subject;
  return { tenant, environment };
}

/** A scope as a model key without source and model. Digests, and incidents of services, are stored under it. */
export function scopeKey({ tenant, environment }: Scope): ModelKey {
  return modelKey({ tenant, environment, source: "", model: "" });
}

/** The scope in which subjects may share an incident: a model's source, or all services of an environment. */
export function sourceScope(subject: Subject): string {
  if (subject.kind === "service") return scopeKey(subject);
  return modelKey({ ...modelName(subject.key), model: "" });
}

/** One text for each subject. It is stored, and the fingerprint is made of it, so it never changes. */
export function subjectText(subject: Subject): string {
  if (subject.kind === "model") return `model\n${subject.key}`;
  const { tenant, environment, name } = subject;
  return `service\n${modelKey({ tenant, environment, source: "", model: name })}`;
}

/** Empty when the subject is no model. */
export function modelKeyOf(subject: Subject): ModelKey {
  return subject.kind === "model" ? subject.key : "";
}

/** As {@link subjectText}, of the digest of a scope that takes what is beyond the budget of new tickets. */
export function overflowText(scope: Scope): string {
  return `overflow\n${scopeKey(scope)}`;
}

/** As {@link subjectText}, of the digest of a scope. */
export function digestText(scope: Scope): string {
  return `missed\n${scopeKey(scope)}`;
}
