/** The identity of a model everywhere: tenant / environment / source / model. */

export interface ModelName {
  readonly tenant: string;
  readonly environment: string;
  readonly source: string;
  readonly model: string;
}

/** The four names joined by `/`, each with `%` and `/` escaped, so that two models never share a key. */
export type ModelKey = string;

/** A name as a part of a key. */
export const keyPart = (part: string): string => part.replaceAll("%", "%25").replaceAll("/", "%2F");
const unescapePart = (part: string): string => part.replaceAll("%2F", "/").replaceAll("%25", "%");

export function modelKey(name: ModelName): ModelKey {
  return [name.tenant, name.environment, name.source, name.model].map(keyPart).join("/");
}

/** The names that are joined by `/` in a key. */
export const partsOf = (key: string): readonly string[] => key.split("/").map(unescapePart);

/** The inverse of {@link modelKey}; missing parts come back empty. */
export function modelName(key: ModelKey): ModelName {
  const [tenant = "", environment = "", source = "", model = ""] = partsOf(key);
  return { tenant, environment, source, model };
}
