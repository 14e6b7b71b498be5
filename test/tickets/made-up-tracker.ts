/** A made-up tracker, as docs/how-to/add-a-tracker.md says: a board that stores Markdown, and the adapter for it. */
import {
  type BlockRenderer,
  type InlineRenderer,
  type Line,
  type Message,
  renderBlock,
  renderLine,
} from "../../src/messages/message.ts";
import { type MayAct, writePermitted } from "../../src/permit.ts";
import { TrackerError } from "../../src/tickets/errors.ts";
import type {
  CommentChange,
  Issue,
  IssueChange,
  IssueComment,
  IssueUpdate,
  NewIssue,
  Tracker,
} from "../../src/tickets/tracker.ts";

/** The other side: what a real adapter reaches over the network. */
export class Board {
  readonly cards: { readonly issue: Issue; readonly texts: string[] }[] = [];
  up = true;
  writes = 0;
  /** Of the next write. */
  losesAnswer = false;

  card(id: string): { readonly issue: Issue; readonly texts: string[] } | undefined {
    return this.cards.find(({ issue }) => issue.id === id);
  }
}

const blocks: BlockRenderer<string> = {
  heading: ({ text }) => `### ${escaped(text)}`,
  paragraph: ({ line }) => markdownLine(line),
  lines: ({ lines }) => lines.map(markdownLine).join("  \n"),
  list: ({ items }) => items.map((item) => `- ${markdownLine(item)}`).join("\n"),
  table: ({ header, rows }) =>
    [header.map(escaped), header.map(() => "---"), ...rows.map((row) => row.map(markdownLine))]
      .map((cells) => `| ${cells.join(" | ")} |`)
      .join("\n"),
  facts: ({ facts }) =>
    facts.map(([name, value]) => `- **${escaped(name)}** ${markdownLine(value)}`).join("\n"),
  code: ({ text }) => text.replaceAll(/^/gm, "    "),
  picture: ({ file }) => `![](${encodeURIComponent(file)})`,
  footer: ({ text }) => `_${escaped(text)}_`,
  mark: ({ id }) => `<!-- ${id} -->`,
};

const inlines: InlineRenderer = {
  words: ({ text }) => escaped(text),
  data: ({ text }) => escaped(text),
  strong: ({ line }) => `**${markdownLine(line)}**`,
  link: ({ text, url }) => `[${escaped(text)}](<${encodeURI(url)}>)`,
};

function markdown(message: Message): string {
  const sections = message.map((section) => section.map((block) => renderBlock(block, blocks)));
  return sections.map((texts) => texts.join("\n")).join("\n\n");
}

function markdownLine(line: Line): string {
  return renderLine(line, inlines);
}

function escaped(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, "\\$&");
}

/** @param closes whether the board has a column for closed cards */
export function boardTracker(board: Board, { closes }: { readonly closes: boolean }): Tracker {
  return new BoardTracker(board, closes);
}

class BoardTracker implements Tracker {
  readonly #board: Board;
  readonly #closes: boolean;

  constructor(board: Board, closes: boolean) {
    this.#board = board;
    this.#closes = closes;
  }

  async ping(): Promise<void> {
    this.#reach();
  }

  async create({ summary, labels, ...rest }: NewIssue, mayAct?: MayAct): Promise<Issue> {
    const id = String(this.#board.cards.length + 1);
    const url = `http://127.0.0.1/cards/${id}`;
    const description = markdown(rest.description);
    const said = { summary, description, labels };
    const issue = { id, key: `CARD-${id}`, url, ...said, done: false, wontFix: false };
    await this.#write(mayAct, () => {
      this.#board.cards.push({ issue, texts: [description] });
    });
    return issue;
  }

  async findByLabel(label: string): Promise<readonly Issue[]> {
    this.#reach();
    return this.#board.cards
      .map(({ issue }) => issue)
      .filter(({ labels }) => labels.includes(label));
  }

  /** The board has no index that could lag. */
  async findAmongNewest(isIt: (issue: Issue) => boolean): Promise<Issue | undefined> {
    this.#reach();
    return this.#board.cards.map(({ issue }) => issue).find(isIt);
  }

  async openIds(label: string): Promise<ReadonlySet<string>> {
    const found = await this.findByLabel(label);
    return new Set(found.filter(({ done }) => !done).map(({ id }) => id));
  }

  descriptionOf(message: Message): string {
    return markdown(message);
  }

  /** The board knows no priority. */
  async update({ id }: Issue, change: IssueChange, mayAct?: MayAct): Promise<IssueUpdate> {
    const { summary, description, labels } = change;
    await this.#write(mayAct, () => {
      this.#change(id, (issue) => ({
        ...issue,
        summary: summary ?? issue.summary,
        description: description === undefined ? issue.description : markdown(description),
        labels: [
          ...issue.labels.filter((label) => labels?.remove.includes(label) !== true),
          ...(labels?.add ?? []),
        ],
      }));
    });
    return { changed: true, left: change.priority === undefined ? [] : ["priority"] };
  }

  /** The board links nothing. */
  async link(): Promise<boolean> {
    return false;
  }

  async get(id: string): Promise<Issue | undefined> {
    this.#reach();
    return this.#board.card(id)?.issue;
  }

  async comments(id: string): Promise<readonly IssueComment[]> {
    this.#reach();
    const [, ...texts] = this.#board.card(id)?.texts ?? [];
    return texts.map((body, i) => comment(String(i + 1), body));
  }

  async addComment(id: string, message: Message, mayAct?: MayAct): Promise<IssueComment> {
    const texts = this.#board.card(id)?.texts ?? [];
    await this.#write(mayAct, () => texts.push(markdown(message)));
    return comment(String(texts.length - 1), markdown(message));
  }

  async updateComment(
    id: string,
    { comment: { id: place, body }, message }: CommentChange,
    mayAct?: MayAct,
  ): Promise<boolean> {
    const text = markdown(message);
    if (body === text) return false;
    await this.#write(mayAct, () => {
      this.#board.card(id)?.texts.splice(Number(place), 1, text);
    });
    return true;
  }

  close(id: string, mayAct?: MayAct): Promise<void> {
    return this.#move(id, { done: true }, mayAct);
  }

  reopen(id: string, mayAct?: MayAct): Promise<void> {
    return this.#move(id, { done: false }, mayAct);
  }

  async #move(id: string, change: Pick<Issue, "done">, mayAct?: MayAct): Promise<void> {
    if (!this.#closes) {
      const hint = "Give the board a column for closed cards.";
      throw new TrackerError("DW_TRACKER_CANNOT_MOVE", `moving card ${id}`, { hint });
    }
    await this.#write(mayAct, () => {
      this.#change(id, (issue) => ({ ...issue, ...change }));
    });
  }

  #change(id: string, changed: (issue: Issue) => Issue): void {
    this.#board.cards.forEach((card, i) => {
      if (card.issue.id === id) this.#board.cards[i] = { ...card, issue: changed(card.issue) };
    });
  }

  /** Writes in the turn in which the permit is good. */
  async #write(mayAct: MayAct | undefined, write: () => unknown): Promise<void> {
    this.#reach();
    await writePermitted({ mayAct }, () => {
      this.#board.writes += 1;
      write();
    });
    if (!this.#board.losesAnswer) return;
    this.#board.losesAnswer = false;
    const hint = "Nothing to do: it is looked for.";
    const options = { hint, retryable: true, maybeApplied: true };
    throw new TrackerError("DW_TRACKER_TIMEOUT", "no answer", options);
  }

  #reach(): void {
    if (this.#board.up) return;
    const hint = "Put the board back up.";
    throw new TrackerError("DW_TRACKER_UNREACHABLE", "the board is away", {
      hint,
      retryable: true,
    });
  }
}

function comment(id: string, body: string): IssueComment {
  return { id, author: "us", body, mark: /<!-- (\w+) -->$/.exec(body)?.[1] };
}
