/** When a picture is asked for, what its ticket shows of it, and the mail that it costs. */
import { describe, expect, it } from "vitest";
import type { IncidentEvent, TicketPictured } from "../../src/incidents/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { reduce, type Step } from "../../src/incidents/reduce/reduce.ts";
import { episodeOpened, openIncident } from "../fakes/episodes.ts";
import { moment } from "../fakes/reducing.ts";

const ticket = { id: "10001", key: "IR-1", url: "http://jira/IR-1" };
const opened = { type: "ticket_opened", ticket } as const;
const pictured: TicketPictured = {
  type: "ticket_pictured",
  ticket: ticket.id,
  shows: { file: "driftwarden-1-ab.png" },
};

function step(incident: Incident | undefined, event: IncidentEvent, wanted = true): Step {
  const now = moment({ ticketed: true });
  const settings = { ...now.settings, pictures: wanted };
  const result = reduce(incident, event, { ...now, settings });
  return result ?? { incident: incident ?? openIncident(), effects: [] };
}

const kinds = ({ effects }: Step): readonly string[] => effects.map(({ effect }) => effect.kind);

describe("a picture", () => {
  it("is asked for when the ticket is there, after everything else", () => {
    const { effects } = step(openIncident(), opened);
    expect(effects.at(-1)?.effect).toEqual({ kind: "ticket.picture", episode: "e1" });
    expect(effects.filter(({ effect }) => effect.kind === "ticket.picture")).toHaveLength(1);
  });

  it("is not asked for again by the same ticket, and never where none are wanted", () => {
    expect(kinds(step(openIncident({ ticket }), opened))).not.toContain("ticket.picture");
    expect(kinds(step(openIncident(), opened, false))).not.toContain("ticket.picture");
  });

  it("is not asked for where no feature is to blame", () => {
    const silent = episodeOpened({ kind: "silent", features: [] });
    expect(kinds(step(openIncident({ episode: silent }), opened))).not.toContain("ticket.picture");
  });

  it("is asked for anew by a ticket that goes on from another, which shows none until then", () => {
    const before = openIncident({ ticket, picture: pictured.shows });
    const goesOn = step(before, { ...opened, ticket: { ...ticket, id: "10002" } });
    expect(kinds(goesOn)).toContain("ticket.picture");
    expect(goesOn.incident.picture).toBeUndefined();
  });

  it("is asked for anew when what was over comes again", () => {
    const over = openIncident({ ticket, state: "resolved", picture: pictured.shows });
    const again = step(over, episodeOpened({ id: "e2" }));
    expect(again.effects.at(-1)?.effect).toEqual({ kind: "ticket.picture", episode: "e2" });
    expect(again.incident.picture).toBeUndefined();
  });

  it("is shown by an edit of the ticket, and counted as a mail", () => {
    const shown = step(openIncident({ ticket, mails: { sent: 1, said: [] } }), pictured);
    expect(kinds(shown)).toEqual(["ticket.update"]);
    expect(shown.incident).toMatchObject({
      picture: pictured.shows,
      mails: { sent: 2, said: ["picture"] },
    });
  });

  it("that became lines of text costs no mail", () => {
    const lines = { ...pictured, shows: { lines: ["a  ▇▁"] } };
    const before = openIncident({ ticket, mails: { sent: 1, said: [] } });
    expect(step(before, lines).incident.mails).toEqual(before.mails);
  });

  it("of another ticket changes nothing", () => {
    const other = { ...pictured, ticket: "1" };
    expect(kinds(step(openIncident({ ticket }), other))).toEqual([]);
  });
});
