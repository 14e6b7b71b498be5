/**
 * A text for people as neutral blocks. Blocks are plain data that each sender renders in its own markup. Nothing is
 * escaped here.
 */
import { oneLine } from "./text.ts";

/** The kinds of pieces in a line, with their fields. */
interface Inlines {
  /** Our own words and numbers, which hold no markup. */
  readonly words: { readonly text: string };
  /** Text from data on one clean line. It may hold any markup, so the renderer escapes it. */
  readonly data: { readonly text: string };
  readonly strong: { readonly line: Line };
  /** `url` comes from the configuration and is http or https. */
  readonly link: { readonly text: string; readonly url: string };
}

/** The kinds of blocks in a message, with their fields. */
interface Blocks {
  readonly heading: { readonly text: string };
  readonly paragraph: { readonly line: Line };
  /** Lines under each other, without bullets. */
  readonly lines: { readonly lines: readonly Line[] };
  readonly list: { readonly items: readonly Line[] };
  readonly table: {
    readonly header: readonly string[];
    readonly rows: readonly (readonly Line[])[];
  };
  /** Names with one value each. */
  readonly facts: { readonly facts: readonly NamedLine[] };
  /** Text that is shown exactly as it is, such as a command to type. */
  readonly code: { readonly text: string };
  /** A file that is attached to the ticket of the message. */
  readonly picture: { readonly file: string };
  /** A small last line for people. */
  readonly footer: { readonly text: string };
  /** An id by which the sender recognizes its own message. People do not need it. */
  readonly mark: { readonly id: string };
}

type Tagged<Kinds, Kind extends keyof Kinds = keyof Kinds> = {
  [K in Kind]: { readonly kind: K } & Kinds[K];
}[Kind];

export type Inline<Kind extends keyof Inlines = keyof Inlines> = Tagged<Inlines, Kind>;
export type Block<Kind extends keyof Blocks = keyof Blocks> = Tagged<Blocks, Kind>;

export type Line = readonly Inline[];
export type NamedLine = readonly [name: string, value: Line];

/** Blocks that belong together. */
export type MessageSection = readonly Block[];

/** Sections are separated, for example by a blank line. */
export type Message = readonly MessageSection[];

/** A renderer: a function for each kind of block. The compiler reports a missing kind. */
export type BlockRenderer<Out> = { readonly [Kind in keyof Blocks]: (block: Block<Kind>) => Out };

/** A function for each kind of piece of a line. */
export type InlineRenderer = { readonly [Kind in keyof Inlines]: (inline: Inline<Kind>) => string };

export function renderBlock<Kind extends keyof Blocks, Out>(
  block: Block<Kind>,
  renderer: BlockRenderer<Out>,
): Out {
  return renderer[block.kind](block);
}

export function renderLine(said: Line, renderer: InlineRenderer): string {
  return said.map((inline) => renderInline(inline, renderer)).join("");
}

function renderInline<Kind extends keyof Inlines>(
  inline: Inline<Kind>,
  renderer: InlineRenderer,
): string {
  return renderer[inline.kind](inline);
}

/**
 * A line in which every inserted string is data. Our own text is inserted with {@link words}.
 *
 * @example line`${strong(line`${model}`)} was seen at ${words(readTime(ms))}`
 */
export function line(ours: TemplateStringsArray, ...inserted: readonly Insert[]): Line {
  return ours.flatMap((text, i) => {
    const next = inserted[i];
    return [...(text === "" ? [] : words(text)), ...(next === undefined ? [] : inlineOf(next))];
  });
}

type Insert = string | Line;

const inlineOf = (inserted: Insert): Line =>
  typeof inserted === "string" ? data(inserted) : inserted;

/** Our own words and numbers; never text from data. */
export function words(text: string): Line {
  return [{ kind: "words", text }];
}

/**
 * Text from data: a name, a reason, the output of a script.
 *
 * @param max characters that are kept, see {@link oneLine}
 */
export function data(text: string, max = 80): Line {
  return [{ kind: "data", text: oneLine(text, max) || "(empty)" }];
}

/** @param inserted text from data, or a line */
export function strong(inserted: Insert): Line {
  return [{ kind: "strong", line: inlineOf(inserted) }];
}

/** @param url from the configuration, http or https */
export function link(text: string, url: string): Line {
  return [{ kind: "link", text, url }];
}

export function heading(text: string): Block {
  return { kind: "heading", text };
}

export function paragraph(said: Line): Block {
  return { kind: "paragraph", line: said };
}

export function lines(...said: readonly Line[]): Block {
  return { kind: "lines", lines: said };
}

/** @param id letters and digits: a sender may escape anything else when it stores the message */
export function mark(id: string): Block {
  return { kind: "mark", id };
}
