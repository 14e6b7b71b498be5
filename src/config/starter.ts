/** Writes the text of a first configuration: a store, one source, and the other sections as comments. */
import { stringify } from "yaml";
import { wrapped } from "../wrapped.ts";

export interface StarterOptions {
  /** The keys of `store:`. */
  readonly store: Readonly<Record<string, string>>;
  /** The keys of the source `main`, in the order in which they are written. */
  readonly source: Readonly<Record<string, unknown>>;
  /** What is said above a key of the source. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
}

/** Widest line of a comment. */
const width = 100;

/** @returns a text that {@link parseConfig} takes */
export function starterConfig({ store, source, comments }: StarterOptions): string {
  const keys = Object.entries(source).flatMap(([key, value]) => [
    ...(comments.get(key) ?? []).flatMap((text) => commented(text, "    ")),
    ...entry(key, value).map((line) => `    ${line}`),
  ]);
  const lines = [
    "# It only watches: no ticket is opened and nothing is restarted.",
    "# Every key, with its default and what it changes, is in driftwarden.example.yaml.",
    "",
    "# The only place where Driftwarden remembers anything.",
    "store:",
    ...Object.entries(store).flatMap(([key, value]) =>
      entry(key, value).map((line) => `  ${line}`),
    ),
    "",
    "sources:",
    "  main:",
    ...keys,
  ];
  return `${lines.join("\n")}\n${later}`;
}

/** A key with its value in YAML. Names from data are quoted wherever YAML needs it. */
function entry(key: string, value: unknown): readonly string[] {
  const text = stringify({ [key]: value }, { lineWidth: 96, flowCollectionPadding: false });
  return text.trimEnd().split("\n");
}

/** A comment of several lines. White space is folded, so a name from data cannot end the comment. */
const commented = (text: string, indent: string): readonly string[] =>
  wrapped(text.replaceAll(/\s+/g, " "), { width: width - indent.length - 2 }).map(
    (line) => `${indent}# ${line}`,
  );

const later = `
# Left out, incidents are only in the journal: driftwarden incidents list.
#jira:
  #url: https://your-company.atlassian.net
  #user: bot@example.com
  #token_file: /etc/driftwarden/credentials/jira-token
  #project: IR
  #issue_type: Bug

# A fix that observes only says on the ticket what it would have restarted.
#docker:
  #socket: /var/run/docker.sock
#fixes:
  #- name: restart-service
    #when: {kind: shift}
    #do: restart-container
    #target: {label: app=my-service}
    #mode: observe
    #cooldown: 30m
    #max_runs: 3 per 24h

http:
  listen: 127.0.0.1:9642
`;
