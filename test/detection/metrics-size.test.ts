import { describe, expect, it } from "vitest";
import { registryOf } from "../../bench/metrics-page.ts";
import { detectorTypes } from "../../detectors/index.ts";

/** A scrape may have so many bytes. */
const mostBytes = 2e6;
/** What every daemon shows beside its models: 48 kB were measured, with tickets, fixes and Kafka. */
const restBytes = 200_000;
const seriesOf = (page: string): number =>
  page.split("\n").filter((line) => /^driftwarden_\w+\{model="/.test(line)).length;

describe("the page of /metrics with 1,000 models", () => {
  it("has less than 2 MB when each of them has labels", async () => {
    const labelled = { models: 1000, nameBytes: 64, maxLabelledModels: 1000 };
    const page = await registryOf(labelled).metrics();
    expect(seriesOf(page)).toBe(1000 * (detectorTypes.length + 1));
    expect(Buffer.byteLength(page) + restBytes).toBeLessThan(mostBytes);
  });

  it("has less than 2 MB by default, with the longest names that are read", async () => {
    const labelled = { models: 1000, nameBytes: 512, maxLabelledModels: 50 };
    const page = await registryOf(labelled).metrics();
    expect(seriesOf(page)).toBe(50 * (detectorTypes.length + 1));
    expect(Buffer.byteLength(page) + restBytes).toBeLessThan(mostBytes);
  });
});
