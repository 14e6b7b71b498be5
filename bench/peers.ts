/**
 * Half-space trees of others: plain C and River, on the same vectors in the same run. Each receives trees or seed and
 * vectors on stdin. It prints its sum of scores over the first pass, which must equal ours: so all do the same work.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { promisify } from "node:util";
import { z } from "zod";
import { type TreeShape, treeShape } from "../detectors/stats/tree-shape.ts";
import { nModels, nVectors, uniformVectors } from "./detectors.ts";
import { leftOut } from "./line.ts";

const run = promisify(execFile);
const answer = z.strictObject({ sum: z.number(), ns: z.number() });
/** The detector's defaults and the seed that stands for null. */
const trees = { nTrees: 10, height: 8, seed: 42 };
const innerNodes = 2 ** trees.height - 1;
const windowSize = 250;

export interface Peer {
  readonly name: string;
  /** Nanoseconds to score and learn one vector. @throws Error when its scores are not `sum` */
  readonly measure: (sum: number) => Promise<number>;
}

/** The peers that this machine can run. The others are reported on stderr. */
export async function peers(nFeatures: number): Promise<readonly Peer[]> {
  const found = [await plainC(nFeatures), await river(nFeatures)];
  return found.filter((one) => one !== undefined);
}

async function plainC(nFeatures: number): Promise<Peer | undefined> {
  const source = new URL("half-space-trees.c", import.meta.url).pathname;
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const program = join(folder, "half-space-trees");
  const compiled = await run("cc", ["-O3", "-o", program, source]).catch(() => undefined);
  if (compiled === undefined) {
    leftOut("half-space trees in C", "a C compiler named cc");
    return undefined;
  }
  const shape = treeByTree(treeShape({ ...trees, nFeatures, limits: undefined }));
  const sizes = Int32Array.of(trees.nTrees, trees.height, windowSize, nFeatures, nModels, nVectors);
  const input = bytesOf([sizes, shape.slots, shape.thresholds, ...uniformVectors(nFeatures)]);
  return peer("plain C", [program], input);
}

/** Reorders our trees, which are stored level by level, tree by tree. */
function treeByTree({ slots, thresholds }: TreeShape): Pick<TreeShape, "slots" | "thresholds"> {
  const places = Uint32Array.from({ length: slots.length }, (_, at) => {
    const [tree, node] = [Math.floor(at / innerNodes), at % innerNodes];
    const beforeLevel = 2 ** Math.floor(Math.log2(node + 1)) - 1;
    return trees.nTrees * beforeLevel + tree * (beforeLevel + 1) + node - beforeLevel;
  });
  return {
    slots: places.map((place) => slots[place]!),
    thresholds: Float64Array.from(places, (place) => thresholds[place]!),
  };
}

async function river(nFeatures: number): Promise<Peer | undefined> {
  const script = new URL("half-space-trees.py", import.meta.url).pathname;
  const version = await run("python3", ["-c", "import river; print(river.__version__)"]).catch(
    () => undefined,
  );
  if (version === undefined) {
    leftOut("half-space trees in River", "python3 with the package river");
    return undefined;
  }
  const input = bytesOf([Int32Array.of(nFeatures, nVectors), ...uniformVectors(nFeatures)]);
  return peer(`River ${version.stdout.trim()}`, ["python3", script], input);
}

function bytesOf(parts: readonly ArrayBufferView[]): Buffer {
  return Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

function peer(name: string, [program = "", ...args]: readonly string[], input: Buffer): Peer {
  const measure = async (sum: number): Promise<number> => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    const exited = once(child, "exit");
    child.stdin.end(input);
    const said = answer.parse(await json(child.stdout));
    await exited;
    // The peer's sum is of one model. Ours is of all models, added in another order.
    if (Math.abs(said.sum - sum) > 1e-9 * sum) {
      throw new Error(`${name} scores ${said.sum} in all where ours are ${sum}`);
    }
    return said.ns;
  };
  return { name, measure };
}
