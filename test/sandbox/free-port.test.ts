import { expect, it } from "vitest";
import { freePort } from "../../src/sandbox/free-port.ts";

it("no outgoing connection is given a port of the sandbox", async () => {
  for (let draws = 0; draws < 20; draws += 1) {
    const port = await freePort();
    expect(port).toBeGreaterThan(1024);
    expect(port).toBeLessThan(32_768);
  }
});
