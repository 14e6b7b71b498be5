import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { programsOf } from "../../../remediations/docker/programs.ts";
import { refusal } from "../../../remediations/docker/refusal.ts";
import { containerShown, mountAt } from "./container-shown.ts";

interface PublicImage {
  readonly is: string;
  readonly image: string;
  readonly argv: readonly string[];
  readonly envNames: readonly string[];
  readonly volumes: readonly string[];
  readonly ports: readonly number[];
}

function imagesOf(file: string): readonly PublicImage[] {
  const text = readFileSync(new URL(`images/${file}.txt`, import.meta.url), "utf8");
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => {
    const [is = "", image = "", command = "", env = "", volumes = "", ports = ""] = line
      .split(" | ")
      .map((field) => field.trim().replace(/^\|$/, ""));
    const argv = command.match(/"[^"]*"|\S+/g) ?? [];
    return {
      is,
      image,
      argv: argv.map((word) => word.replaceAll('"', "")),
      envNames: words(env),
      volumes: words(volumes),
      ports: words(ports).map(Number),
    };
  });
}

const words = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

/** A container of this image, started with nothing but its name. */
function refusalOf(given: PublicImage, image = given.image): string | undefined {
  const container = containerShown({
    name: "svc-1",
    images: [image],
    envNames: given.envNames,
    exposedPorts: given.ports,
    programs: programsOf(given.argv),
    mounts: given.volumes.map((destination) =>
      mountAt(destination, { kind: "volume", source: "f".repeat(64), anonymous: true }),
    ),
  });
  return refusal(container, { self: undefined });
}

describe.each(["made-with", "held-back"])("FR-H2: a hundred public images, %s", (file) => {
  const images = imagesOf(file);
  const databases = images.filter(({ is }) => is === "database");
  const stateless = images.filter(({ is }) => is === "stateless");

  it("are a hundred, half of them databases", () => {
    expect([databases.length + stateless.length, images.length]).toEqual([100, 100]);
    expect(databases.length).toBeGreaterThanOrEqual(50);
  });

  it("let no database pass, and name failover", () => {
    const passing = databases.filter(
      (given) => refusalOf(given)?.includes("fail it over") !== true,
    );
    expect(passing.map(({ image }) => image)).toEqual([]);
  });

  it("refuse at most five of a hundred that keep nothing", () => {
    const refused = stateless.flatMap((given) => refusalOf(given) ?? []);
    expect({ refused, share: refused.length / stateless.length > 0.05 }).toEqual({
      refused,
      share: false,
    });
  });

  it("know four of five databases by what they are, under a name that says nothing", () => {
    const passing = databases.filter((given) => refusalOf(given, "acme/x:1") === undefined);
    expect(passing.length / databases.length).toBeLessThanOrEqual(0.2);
  });
});
