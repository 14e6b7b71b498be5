/** Names of features that could break out of a ticket. */

/** A name of a feature, and its form in the ticket's text. */
export interface HostileName {
  readonly what: string;
  readonly name: string;
  /** Its form in a title. */
  readonly titled: string;
  /** Its form in the table of the description, with escaped markup. */
  readonly written: string;
}

const long = "x".repeat(4096);

export const hostileNames: readonly HostileName[] = [
  {
    what: "newlines and tabs",
    name: "cpu\r\nusage\tnow",
    titled: "cpu…now",
    written: "|cpu usage now|",
  },
  {
    what: "quotes",
    name: `it's "quoted" $1 '; --`,
    titled: "it's…--",
    written: `|it's "quoted" $1 '\\; \\-\\-|`,
  },
  {
    what: "emoji and invisible characters",
    name: "🔥🧑‍🚒\u202e\u0007x",
    titled: "🔥🧑🚒 x",
    written: "|🔥🧑🚒 x|",
  },
  {
    what: "wiki markup",
    name: "{code}|[~admin]|!x!",
    titled: "{code}|[~admin]|!x!",
    written: "|\\{code\\}\\|\\[\\~admin\\]\\|\\!x\\!|",
  },
  { what: "4 kB", name: long, titled: "xxxxxxxx…xxxxxxxx", written: "|xxxxxxxx" },
];
