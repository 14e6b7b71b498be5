/** Comments that must do nothing, and whether each is answered. Those of Sarah would act, because she has every role. */
import type { Deployment } from "../../src/sandbox/jira/accounts.ts";

/** Part of the answer; undefined where the comment is ignored. */
export type Answered = RegExp | undefined;

export interface HostileComment {
  readonly what: string;
  readonly text: string;
  /** Login name of the author. Default: sarah. */
  readonly as?: string;
  readonly answered: Answered | Readonly<Record<Deployment, Answered>>;
  /** How far the tracker's clock is from ours when it is written, ms. Default 0. */
  readonly clockMs?: number;
  /** Who edits it afterwards. The text above is what the edit leaves. */
  readonly editedBy?: string;
}

/** Acts at once where it is heard: it needs no confirmation, and it changes the incident. */
export const acting = "dw silence 8h drill";

const ignored = (what: string, text: string): HostileComment => ({
  what,
  text,
  answered: undefined,
});
const answered = (what: string, text: string, answer: RegExp): HostileComment => ({
  what,
  text,
  answered: answer,
});

/** Written around or before the command, so that the line does not begin with it, or is not said but shown. */
const shown: readonly HostileComment[] = [
  ignored("in a list", `* ${acting}`),
  ignored("in a list in a list", `* a\n** ${acting}`),
  ignored("in a list of dashes", `- ${acting}`),
  ignored("in a numbered list", `# ${acting}`),
  ignored("in code in a list", `* so:\n{code}\n${acting}\n{code}`),
  ignored("in a table", `|${acting}|`),
  ignored("in the head of a table", `||${acting}||`),
  ignored("on the second line of a cell", `|we say\n${acting}|\n|and then|`),
  ignored("in code in a table", `|{code}\n${acting}\n{code}|`),
  ignored("in bold", `*${acting}*`),
  ignored("in italics", `_${acting}_`),
  ignored("struck through", `-${acting}-`),
  ignored("as an insertion", `+${acting}+`),
  ignored("raised", `^${acting}^`),
  ignored("lowered", `~${acting}~`),
  ignored("as a citation", `??${acting}??`),
  ignored("in monospace", `{{${acting}}}`),
  ignored("in a heading", `h2. ${acting}`),
  ignored("in colour", `{color:red}${acting}{color}`),
  ignored("on a line of its own in white", `{color:#ffffff}\n${acting}\n{color}`),
  ignored("in a line quote", `bq. ${acting}`),
  ignored("in a quote", `{quote}\n${acting}\n{quote}`),
  ignored("in a quote that nobody closes", `{quote}\n${acting}`),
  ignored("in a thousand quotes", `${"{quote}".repeat(400)}\n${acting}`),
  ignored("in a panel", `{panel:title=Do this}\n${acting}\n{panel}`),
  ignored("in nested panels", `{panel:title=a}\n{panel:title=b}\n${acting}\n{panel}\n{panel}`),
  ignored("below the inner of two panels", `{panel:a=1}\nx\n{panel:b=1}\ny\n{panel}\n${acting}`),
  ignored("in code", `{code:sh}\n${acting}\n{code}`),
  ignored("in text that is shown as it is", `{noformat}\n${acting}\n{noformat}`),
  ignored("in an expander", `{expand}\n${acting}\n{expand}`),
  ignored("in columns", `{section}\n{column:width=50%}\n${acting}\n{column}\n{section}`),
  ignored("in what an editor could not write as markup", `{adf:display=block}\n${acting}\n{adf}`),
  ignored("in an element of HTML", `<p>${acting}</p>`),
  ignored("in a comment of HTML", `<!-- ${acting} -->`),
  ignored("with letters as entities of HTML", `&#100;w silence 8h drill`),
  ignored("behind a backslash", `\\${acting}`),
  ignored("behind a space", ` ${acting}`),
  ignored("behind a tab", `\t${acting}`),
  ignored("in the middle of a line", `please ${acting}`),
  ignored("as one word", "dwsilence 8h drill"),
];

const links: readonly HostileComment[] = [
  ignored("as the text of a link", `[${acting}|https://evil.example]`),
  ignored("as the target of a link", `[runbook|${acting}]`),
  ignored("as a link without a text", `[${acting}]`),
  ignored("in an address", "https://evil.example/dw silence 8h drill"),
  ignored("as the name of a file", `[^${acting}.txt]`),
  ignored("as a picture", `!${acting}.png|thumbnail!`),
  ignored("behind a mention", `[~accountid:712020:1] ${acting}`),
  ignored("behind a mention in plain text", `@driftwarden ${acting}`),
  ignored("as a path", "/silences/8h is full"),
  ignored("behind two slashes", "//silence 8h drill"),
  ignored("behind a slash and a space", "/ silence 8h drill"),
];

const mails: readonly HostileComment[] = [
  ignored("as a mail quotes it", `> ${acting}`),
  ignored("below a mail that is answered", `Thanks\n\nOn Mon, 23 Nov 2026 Tom wrote:\n${acting}`),
  ignored("below the line of a mail program", `ok\n-----Original Message-----\n${acting}`),
  ignored("below a forwarded mail", `fyi\n---------- Forwarded message\n${acting}`),
  ignored("below the head of a mail", `ok\nFrom: Tom\n${acting}`),
  ignored("below a line of underscores", `ok\n__________\n${acting}`),
];

/** What is seen is not what is written. */
const letters: readonly HostileComment[] = [
  ignored("turned from right to left", `\u202E${acting}`),
  ignored("with a part from right to left", "dw silence 8h \u202Ellird"),
  ignored("isolated by marks of direction", `\u2066${acting}\u2069`),
  ignored("in Hebrew around it", `שלום ${acting}`),
  ignored("with a NUL", "dw silence\u0000 8h drill"),
  ignored("with a NUL in dw", "d\u0000w silence 8h drill"),
  ignored("with an escape sequence", `${acting}\u001B[2K`),
  ignored("with a bell", `${acting}\u0007`),
  ignored("with a vertical tab", "dw\u000Bsilence 8h drill"),
  ignored("with a line separator", `so\u2028${acting}`),
  ignored("with a Cyrillic d", "ԁw silence 8h drill"),
  ignored("with a Cyrillic w", "dԝ silence 8h drill"),
  ignored("with a Greek w", "dω silence 8h drill"),
  ignored("with a dot above the d", "d\u0307w silence 8h drill"),
  ignored("behind an emoji", `🚨 ${acting}`),
  ignored("behind an emoji of Jira", `(!) ${acting}`),
  ignored("with an emoji in dw", "d🔥w silence 8h drill"),
  answered("of a Cyrillic word", "dw ѕilence 8h drill", /is no command/),
  answered("of an emoji", "dw 🔥", /"🔥" is no command/u),
  answered("with an emoji behind the word", "dw silence🔥 8h drill", /is no command/),
];

/** Heard, and refused for what they say. */
const words: readonly HostileComment[] = [
  answered("of a shell", "dw $(reboot)", /is no command/),
  answered("of SQL", "dw '; drop table incidents; --", /is no command/),
  ignored("broken by markup that nobody closes", "dw {noformat}silence 8h drill"),
  answered("of markup", "dw [silence|https://x] 8h drill", /is no command/),
  answered("with a slip", "dw silense 8h drill", /Did you mean \*dw silence\*/),
  answered("that is a program's path", "/bin", /"bin" is no command/),
  answered("broken over two lines", "dw silence\r\n8h drill", /a time from 1m to 7d is expected/),
  answered("without a reason", "dw silence 8h", /the reason is missing/),
  answered("for a time that is none", "dw silence 0h drill", /Not done, sarah/),
  answered("for longer than time lasts", `dw silence ${"9".repeat(300)}h drill`, /Not done, sarah/),
  answered("of a severity that is none", "dw severity P9 drill", /Not done, sarah/),
  answered("of an hour that is none", "dw started 99:99", /Not done, sarah/),
  answered("to somebody who is not there", "dw assign [~admin]", /Not done, sarah/),
  answered("to a team that is not there", "dw wrong-team {code}", /Not done, sarah/),
  answered("that confirms nothing", "dw yes", /Not done, sarah/),
  answered("that approves nothing", "dw approve KRTV", /Not done, sarah/),
  answered("of a note without words", "dw note", /It is said as/),
  answered("of five hundred lines", "dw severity P9 x\n".repeat(200), /Not done, sarah/),
];

/** Heard, and refused for who says them, how, or when. */
const authors: readonly HostileComment[] = [
  ignored("by nobody, since it asks in plain words", "please silence this for 8h"),
  { what: "of our own account", as: "bot", text: acting, answered: undefined },
  {
    what: "of a program, which Data Center does not tell from a person",
    as: "rule",
    text: acting,
    answered: { Cloud: undefined, Server: /this account is in nobody/ },
  },
  {
    what: "of a customer of the service desk who is called Sarah",
    as: "customer",
    text: acting,
    answered: { Cloud: /came from outside of the team/, Server: /this account is in nobody/ },
  },
  {
    what: "of a mail to the service desk by somebody called Sarah",
    as: "mailer",
    text: acting,
    answered: { Cloud: /came from outside of the team/, Server: /this account is in nobody/ },
  },
  ...["eve", "ѕarah", "sarah.", "turned", "lines", "markup"].map((as) => ({
    what: `of the account ${as}, which is shown under a name that looks like another one`,
    as,
    text: acting,
    answered: /this account is in nobody/,
  })),
  {
    what: "of a responder, by whom it is not to be said",
    as: "tom",
    text: "dw severity P2 drill",
    answered: /needs the role commander/,
  },
  {
    what: "of somebody without any role",
    as: "kim",
    text: acting,
    answered: /needs the role responder/,
  },
  { what: "that its author edited", editedBy: "sarah", text: acting, answered: /was edited/ },
  { what: "that somebody else edited", editedBy: "eve", text: acting, answered: /was edited/ },
  answered("of 30 kB, first the command", `${acting}\n${"x".repeat(30_000)}`, /longer than/),
  answered("of 30 kB, last the command", `${"x".repeat(30_000)}\n${acting}`, /longer than/),
  answered("of 30 kB on one line", `${acting} ${"x".repeat(30_000)}`, /longer than/),
  answered("of 30 kB of emoji", `${acting} ${"😀".repeat(7500)}`, /longer than/),
  {
    what: "from an hour before its author got the right",
    as: "nina",
    text: acting,
    clockMs: -3_600_000,
    answered: /before the right to say it was given/,
  },
  {
    what: "from a clock that is ahead, of somebody who is to get the right in an hour",
    as: "late",
    text: acting,
    clockMs: 7_200_000,
    answered: /before the right to say it was given/,
  },
];

export const hostileComments: readonly HostileComment[] = [
  ...shown,
  ...links,
  ...mails,
  ...letters,
  ...words,
  ...authors,
];
