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
