import { describe, expect, it } from "vitest";
import { DockerError, type DockerErrorCode } from "../../../remediations/docker/errors.ts";

describe("an error of the engine", () => {
  it.each([
    ["DW_DOCKER_UNREACHABLE", true],
    ["DW_DOCKER_FORBIDDEN", true],
    ["DW_DOCKER_TIMEOUT", true],
    ["DW_DOCKER_PROTOCOL", true],
    ["DW_DOCKER_GONE", false],
    ["DW_DOCKER_CONFLICT", false],
    ["DW_DOCKER_FAILED", false],
    ["DW_DOCKER_REFUSED", false],
  ] as const satisfies readonly (readonly [DockerErrorCode, boolean])[])(
    "%s says whether the engine itself cannot be asked: %s",
    (code, expected) => {
      expect(new DockerError(code, "x").unavailable).toBe(expected);
    },
  );
});
