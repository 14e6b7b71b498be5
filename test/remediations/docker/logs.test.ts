import { describe, expect, it } from "vitest";
import {
  decodedLogs,
  mostLogBytes,
  mostLogLines,
  printable,
} from "../../../remediations/docker/logs.ts";
import { frame } from "./fake-engine.ts";

const at = "2026-03-01T12:00:00.123456789Z";
const framed = (...frames: Buffer[]) =>
  decodedLogs(Buffer.concat(frames), { lines: mostLogLines, isTerminal: false });
const textsOf = ({ lines }: ReturnType<typeof decodedLogs>) => lines.map(({ text }) => text);

describe("#18: log lines of a container", () => {
  it("are joined where one line came in several frames, each with its time", () => {
    const euro = Buffer.from("€");
    const read = framed(
      frame(1, Buffer.concat([Buffer.from(`${at} a `), euro.subarray(0, 2)])),
      frame(2, `${at} between\n`),
      frame(1, Buffer.concat([Buffer.from(`${at} `), euro.subarray(2), Buffer.from(" b\n")])),
    );
    expect(read.lines).toEqual([
      { at, stream: "stderr", text: "between" },
      { at, stream: "stdout", text: "a € b" },
    ]);
  });

  it("are separate where one frame holds several, and the last needs no line end", () => {
    expect(textsOf(framed(frame(1, `${at} one\r\n${at} two\n${at} three`)))).toEqual([
      "one",
      "two",
      "three",
    ]);
  });

  it("of a terminal are no frames, whatever their bytes look like", () => {
    const body = Buffer.concat([frame(1, "x"), Buffer.from(`\n${at} {"a":1}\n`)]);
    const { lines } = decodedLogs(body, { lines: 1, isTerminal: true });
    expect(lines).toEqual([{ at, stream: "stdout", text: '{"a":1}' }]);
  });

  it("are none where nothing was written", () => {
    expect(framed()).toEqual({ lines: [], cut: false });
  });

  it.each([
    ["a frame that is cut off", frame(1, "whole\n").subarray(0, 10)],
    ["a header that is cut off", Buffer.from([1, 0, 0])],
    ["what is no frame", Buffer.from("plain text of a log\n")],
  ])("are refused for %s", (_what, body) => {
    expect(() => framed(body)).toThrow(expect.objectContaining({ code: "DW_DOCKER_PROTOCOL" }));
  });

  it("are the newest ones, within their number and within 64 kB", () => {
    const many = Array.from({ length: 300 }, (_none, index) => frame(1, `${at} ${index}\n`));
    expect(textsOf(framed(...many)).at(0)).toBe("100");
    const wide = Array.from({ length: 3 }, (_none, index) =>
      frame(1, `${index}${"x".repeat(30_000)}\n`),
    );
    const read = framed(...wide);
    expect(read.cut).toBe(true);
    expect(textsOf(read).map((text) => text.at(0))).toEqual(["1", "2"]);
  });

  it("keep the beginning of one line that is over 64 kB, in whole characters", () => {
    const { lines, cut } = framed(frame(2, `${"€".repeat(40_000)}\n`));
    expect(cut).toBe(true);
    expect(lines).toHaveLength(1);
    const text = lines[0]?.text ?? "";
    expect(text).toMatch(/^€+$/);
    expect(mostLogBytes - Buffer.byteLength(text)).toBeLessThanOrEqual(4);
  });

  it("give a terminal nothing to obey", () => {
    expect(printable("\u001B]0;title\u0007a\u001B[2J\tb\rc\u202Ed\u0085\u2028")).toBe("a b c d");
  });
});
