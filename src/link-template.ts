/** Links with variables, filled in for one incident: `https://grafana.example.com/d/dw?from={{from}}`. */

/** The variables of a link. */
export const linkVariables = [
  "model",
  "feature",
  "from",
  "kind",
  "source",
  "environment",
  "tenant",
] as const;

export type LinkVariable = (typeof linkVariables)[number];
export type LinkValues = Readonly<Record<LinkVariable, string>>;

const placeholder = /\{\{\s*(\w*)\s*\}\}/g;
/** Characters of a value that are kept, so that no name makes an address too long. */
const longestValue = 200;

/** Names in a template that are no variables. */
export function unknownVariables(template: string): readonly string[] {
  const named = [...template.matchAll(placeholder)].map(([, name = ""]) => name);
  return named.filter((name) => !isVariable(name));
}

/** @param values as they are; they are escaped here */
export function filledLink(template: string, values: LinkValues): string {
  return template.replaceAll(placeholder, (whole, name: string) =>
    isVariable(name) ? escaped(values[name]) : whole,
  );
}

const modelParameter = /([?&][^?&#=]+=)\{\{\s*model\s*\}\}(?=[&#]|$)/g;

/**
 * For an incident of several models: each parameter that is the model stands once for each of them, as Grafana reads a
 * list. It is left out where there are none. Elsewhere, as in a path, the one model of `values` stays.
 */
export function filledForAll(
  template: string,
  values: LinkValues,
  models: readonly string[],
): string {
  const each = template.replaceAll(modelParameter, (_whole, parameter: string) => {
    const [start, name] = [parameter.slice(0, 1), parameter.slice(1)];
    return `${start}${models.map((model) => `${name}${escaped(model)}`).join("&")}`;
  });
  const tidy =
    models.length > 0 ? each : each.replace("?&", "?").replaceAll(/[?&]+(?=[&#]|$)/g, "");
  return filledLink(tidy, values);
}

const isVariable = (name: string): name is LinkVariable =>
  linkVariables.some((known) => known === name);

/** Drops lone surrogates, which cannot be escaped. */
function escaped(value: string): string {
  const letters = Array.from(value.replaceAll(/\p{Cs}/gu, "")).slice(0, longestValue);
  return encodeURIComponent(letters.join("")).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
