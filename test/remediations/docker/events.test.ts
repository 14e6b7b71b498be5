import { describe, expect, it } from "vitest";
import { eventsFrom, mostEvents } from "../../../remediations/docker/events.ts";
import { fakeId } from "./fake-engine.ts";

const line = (Action: string, shown: object = {}): string =>
  JSON.stringify({ Action, time: 5, Actor: { ID: fakeId, Attributes: {} }, ...shown });
const read = (...lines: string[]) => eventsFrom(lines.join("\n"), fakeId);

describe("#18: the events of a container", () => {
  it.each([
    ["oom", { action: "oom" }],
    ["health_status: healthy", { action: "health_status", health: "healthy" }],
    ["health_status", { action: "health_status", health: undefined }],
    ["died", { action: "die", exitCode: undefined }],
    ["remove", { action: "destroy" }],
  ])("take %s for what it is", (action, event) => {
    expect(read(line(action))).toEqual([{ atMs: 5_000, ...event }]);
  });

  it("keep the time to the millisecond, and the exit code", () => {
    const Actor = { ID: fakeId, Attributes: { exitCode: "137" } };
    expect(read(line("die", { timeNano: 5_123_456_789, Actor }))).toEqual([
      { atMs: 5_123, action: "die", exitCode: 137 },
    ]);
  });

  it("leave out commands, other words and other containers", () => {
    const other = line("die", { Actor: { ID: "d".repeat(64) } });
    expect(read(line("exec_start: sh -c 'TOKEN=x'"), line("resize"), other, "")).toEqual([]);
  });

  it("are the newest, within their number", () => {
    const many = Array.from({ length: mostEvents + 7 }, (_none, index) =>
      line("start", { time: index }),
    );
    const events = read(...many);
    expect(events).toHaveLength(mostEvents);
    expect(events[0]?.atMs).toBe(7_000);
  });

  it.each(["{", "[]", '{"Action":"die"}', "null"])("refuse the line %s", (wrong) => {
    expect(() => read(wrong)).toThrow(expect.objectContaining({ code: "DW_DOCKER_PROTOCOL" }));
  });
});
