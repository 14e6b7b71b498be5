import { expect, it } from "vitest";
import { openIncident } from "../fakes/episodes.ts";
import { answer, asks } from "./asking.ts";

it("expected is a verdict once the incident is over, and is refused while nothing of it can be learned", () => {
  const over = { models: [], incident: openIncident({ state: "resolved" }) };
  expect(asks("dw expected", over)).toMatchObject({
    status: "done",
    deed: { kind: "judge", verdict: "expected" },
  });
  expect(answer("dw expected", over)).toBe(
    "Noted, sarah: it was changed on purpose. It is over, so nothing else changes.",
  );
  expect(asks("dw expected", { models: [] })).toMatchObject({ code: "nothing_to_do" });
});
