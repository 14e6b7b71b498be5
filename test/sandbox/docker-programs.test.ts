import { afterEach, describe, expect, it, vi } from "vitest";
import { dockerAvailable, dockerPrograms } from "../../src/sandbox/docker-programs.ts";

afterEach(() => vi.restoreAllMocks());

describe("a Docker engine of our own", () => {
  it("is not to be had without root, and says how to get it", async () => {
    vi.spyOn(process, "getuid").mockReturnValue(1000);
    expect(await dockerAvailable({ install: true })).toBe(false);
    await expect(dockerPrograms({ install: true })).rejects.toMatchObject({
      code: "DW_SANDBOX_DOCKER_MISSING",
      hint: expect.stringContaining("apt-get install docker.io iptables busybox-static"),
    });
  });
});
