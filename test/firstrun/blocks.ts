/** The shell blocks of a page, as a reader types them, in order. */

export interface Block {
  /** The nearest heading above it. */
  readonly heading: string;
  readonly script: string;
}

/** Blocks marked `sh`. An indented block, as in a numbered list, loses its indent. */
export function shellBlocks(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = "";
  let open: { readonly indent: string; readonly lines: string[] } | undefined;
  for (const line of page.split("\n")) {
    if (open === undefined) {
      heading = /^#+ +(.+)$/.exec(line)?.[1] ?? heading;
      const indent = /^( *)```sh$/.exec(line)?.[1];
      if (indent !== undefined) open = { indent, lines: [] };
    } else if (line === `${open.indent}\`\`\``) {
      blocks.push({ heading, script: open.lines.join("\n") });
      open = undefined;
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  return blocks;
}

/** Replaces the values that the page's reader replaces: `export NAME=…` takes the value of that name. */
export function withValues(script: string, values: Readonly<Record<string, string>>): string {
  return script.replaceAll(/^export ([A-Z_]+)=.*$/gm, (line, name: string) => {
    const value = values[name];
    return value === undefined ? line : `export ${name}='${value}'`;
  });
}
