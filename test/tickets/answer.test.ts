import { describe, expect, it } from "vitest";
import { data, lines, paragraph, words } from "../../src/messages/message.ts";
import { withoutCommands } from "../../src/tickets/answer.ts";
import { spokenIn } from "../../src/tickets/jira/spoken.ts";
import { renderWiki } from "../../src/tickets/jira/wiki.ts";

describe("an answer on a ticket", () => {
  it.each(["dw close", "DW yes", "/close", " dw close", "/ ack"])(
    "has no line that could be read as a command, though it repeats %j of a person",
    (said) => {
      const says = [[paragraph(data(said)), lines(words("They said:"), data(said))]];
      const safe = withoutCommands(says);
      expect(spokenIn(renderWiki(safe))).toEqual([]);
      expect(renderWiki(safe)).toContain("·");
    },
  );

  it("stays as it is where no line begins so", () => {
    const says = [[paragraph(words("sarah has this. Noise: dw silence 2h."))]];
    expect(withoutCommands(says)).toEqual(says);
  });
});
