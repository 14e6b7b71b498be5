/** What depends on a container, by a list of all of them. */
import { describe, expect, it } from "vitest";
import {
  dependantsOf,
  dependantsText,
  type Neighbour,
} from "../../../remediations/docker/dependants.ts";

const id = "ab12".repeat(16);

function neighbour(name: string, known: Partial<Neighbour> = {}): Neighbour {
  const other = { id: `f${name}`, state: "running", labels: {}, networkMode: "bridge" };
  return { ...other, name, ...known };
}

const inCompose = (service: string, dependsOn?: string, project = "shop") => ({
  "com.docker.compose.project": project,
  "com.docker.compose.service": service,
  ...(dependsOn !== undefined && { "com.docker.compose.depends_on": dependsOn }),
});
const itself = neighbour("api-1", { id, labels: inCompose("api") });
const namesOf = (...others: readonly Neighbour[]): readonly string[] =>
  dependantsOf(id, [itself, ...others]).map(({ name }) => name);

describe("what depends on a container", () => {
  it("is what lives in its network, named by its id, the first digits of it, or its name", () => {
    const lenders = [`container:${id}`, "container:ab12ab12", "container:api-1"];
    const others = lenders.map((networkMode, n) => neighbour(`n${n}`, { networkMode }));
    expect(dependantsOf(id, [itself, ...others]).map(({ by }) => by)).toEqual(
      lenders.map(() => "network"),
    );
    const strangers = ["container:", "container:f00d", "container:api-10", "host", "none", ""];
    expect(namesOf(...strangers.map((networkMode) => neighbour("x", { networkMode })))).toEqual([]);
  });

  it.each([
    ["api:service_started:false", true],
    ["db:service_healthy:true,api:service_healthy:true", true],
    ["db:service_healthy:true, api", true],
    ["api-gateway:service_started:false", false],
    ["db:api:false", false],
    ["", false],
  ])("is, by its compose file's '%s': %s", (dependsOn, does) => {
    const web = neighbour("web-1", { labels: inCompose("web", dependsOn) });
    expect(dependantsOf(id, [itself, web])).toEqual(
      does ? [{ name: "web-1", by: "depends_on" }] : [],
    );
  });

  it("is nothing of another project, of no project, or that does not run", () => {
    const needs = "api:service_started:false";
    const elsewhere = neighbour("w", { labels: inCompose("web", needs, "other") });
    const nowhere = neighbour("w", { labels: { "com.docker.compose.depends_on": needs } });
    const stopped = ["exited", "created", "dead"].map((state) =>
      neighbour("w", { state, labels: inCompose("web", needs), networkMode: `container:${id}` }),
    );
    expect(namesOf(elsewhere, nowhere, ...stopped)).toEqual([]);
    const unsaid = neighbour("w", { state: "unknown", labels: inCompose("web", needs) });
    expect(namesOf(unsaid)).toEqual(["w"]);
  });

  it("is no other replica, and each once, in the order of names", () => {
    const replica = neighbour("api-2", { labels: inCompose("api") });
    const both = neighbour("b", {
      labels: inCompose("b", "api:service_started:true"),
      networkMode: `container:${id}`,
    });
    const a = neighbour("a", { networkMode: `container:${id}` });
    expect(namesOf(replica, both, a)).toEqual(["a", "b"]);
    expect(dependantsText(dependantsOf(id, [itself, both, a]))).toBe("a (network), b (network)");
  });

  it("is known by the network's id where the list does not show the container itself", () => {
    expect(dependantsOf(id, [neighbour("n", { networkMode: `container:${id}` })])).toHaveLength(1);
  });
});
