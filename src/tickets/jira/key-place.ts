/**
 * Where Driftwarden's own labels stand in an issue. Its tickets are found by them. Usually that is the field Labels. A
 * project whose screens lack it has a text field, or a property that nobody sees.
 */
import type { JiraFields } from "./optional-fields.ts";

/** The parts of an answer that hold the labels. */
interface ReadIssue {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export interface KeyPlace {
  /** What a new issue gets beside Labels, by the name under which Jira may refuse it; undefined for the field Labels. */
  readonly id: string | undefined;
  /** Further fields that are read of each issue. */
  readonly fields: readonly string[];
  /** Properties that are read of each issue. */
  readonly properties: readonly string[];
  /** A condition in JQL. It may find issues without the label as well. */
  readonly clause: (label: string) => string;
  readonly valueOf: (labels: readonly string[]) => JiraFields;
  readonly labelsIn: (issue: ReadIssue) => readonly string[];
}

/** `jira.key_field` with this value. */
export const inProperty = "property";
/** Key of the property. */
const propertyKey = "driftwarden";

export const labelsPlace: KeyPlace = {
  id: undefined,
  fields: [],
  properties: [],
  clause: (label) => `labels = "${label}"`,
  valueOf: () => ({}),
  labelsIn: () => [],
};

/** @param id of a text field, such as `customfield_10077` */
export function fieldPlace(id: string): KeyPlace {
  const number = id.replace(/^customfield_/, "");
  return {
    id,
    fields: [id],
    properties: [],
    // A text is searched by words; in quotation marks they stand beside each other.
    clause: (label) => `cf[${number}] ~ "\\"${label}\\""`,
    valueOf: (labels) => ({ [id]: labels.join(" ") }),
    labelsIn: ({ fields: { [id]: text } }) =>
      typeof text === "string" ? ownIn(text.split(/\s+/)) : [],
  };
}

/** Only an app can have a property searched. So all issues that we created are found, and read. */
export const propertyPlace: KeyPlace = {
  id: "properties",
  fields: [],
  properties: [propertyKey],
  clause: () => "creator = currentUser()",
  valueOf: (labels) => ({ properties: [{ key: propertyKey, value: { labels } }] }),
  labelsIn: ({ properties = {} }) => {
    const value = properties[propertyKey];
    const labels =
      typeof value === "object" && value !== null && "labels" in value ? value.labels : undefined;
    return Array.isArray(labels) ? ownIn(labels.map(String)) : [];
  },
};

/** Labels that only Driftwarden gives. */
export const isOwn = (label: string): boolean => /^driftwarden(?:-|$)/.test(label);

const ownIn = (labels: readonly string[]): readonly string[] => labels.filter(isOwn);
