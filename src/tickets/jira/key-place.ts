/**
 * Where an issue holds Driftwarden's own labels, by which its tickets are found. Usually this is the field Labels. In a
 * project whose screens lack that field, it is a text field or a property of the issue.
 */
import type { JiraFields } from "./optional-fields.ts";

/** The parts of an answer that hold the labels. */
interface ReadIssue {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

export interface KeyPlace {
  /** Name under which Jira may refuse this part of a new issue; undefined for the field Labels. */
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

/** The value of `jira.key_field` that stands for a property of the issue. */
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
    // Jira searches a text by words. In quotation marks the words have to follow each other.
    clause: (label) => `cf[${number}] ~ "\\"${label}\\""`,
    valueOf: (labels) => ({ [id]: labels.join(" ") }),
    labelsIn: ({ fields: { [id]: text } }) =>
      typeof text === "string" ? ownIn(text.split(/\s+/)) : [],
  };
}

/** Only an app can make a property searchable. So the search finds all issues of our account, and each one is read. */
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
