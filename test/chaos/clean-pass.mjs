/**
 * One undisturbed pass of the built program's engine over a recorded stream.
 *
 * Usage: node clean-pass.mjs <dist> <config> <recorded> <wanted>; the recorded stream is JSON lines of
 * {partition, offset, bytes: base64}, wanted is a JSON list of {partition, model, through}. Prints JSON lines:
 * {decision: {partition, offset, id, event}} with the event as the text that is stored, and
 * {state: {partition, model, through, bytes}}: the model as it is right after the record `through`.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [dist, configFile, recordedFile, wantedFile] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(`${dist}/src/${path}`).href);
const { offlineBuilders } = await load("app/offline.js");
const { loadConfig } = await load("config/load.js");
const { PartitionEngine } = await load("detection/engine.js");
const { toJson } = await load("store/json.js");
const { decodeRecord } = await load("stream/codec.js");

const { engineSettings, remediations } = offlineBuilders;
const settings = engineSettings(loadConfig(configFile, remediations));
const key = ({ partition, offset }) => `${partition}/${offset}`;
const wanted = new Map();
for (const { partition, model, through } of JSON.parse(readFileSync(wantedFile, "utf8"))) {
  const place = key({ partition, offset: through });
  wanted.set(place, (wanted.get(place) ?? new Set()).add(model));
}

const engines = new Map();
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** The states that a worker would save if it saved after every record. */
function changed(engine, offset) {
  const all = [];
  for (;;) {
    const dirty = engine.takeDirty(Number.MAX_SAFE_INTEGER);
    if (dirty.length === 0) return all;
    all.push(...dirty);
    engine.saved(dirty.map(({ model }) => model));
    engine.moved(engine.boundary(offset + 1));
  }
}

for (const line of readFileSync(recordedFile, "utf8").split("\n")) {
  if (line === "") continue;
  const { partition, offset, bytes } = JSON.parse(line);
  const engine = engines.get(partition) ?? new PartitionEngine(settings);
  engines.set(partition, engine);
  const record = decodeRecord(Buffer.from(bytes, "base64"));
  if (record.kind === "unreadable") continue;
  for (const event of engine.apply(offset, record)) {
    print({ decision: { partition, offset, id: event.id, event: toJson(event) } });
  }
  const models = wanted.get(key({ partition, offset }));
  if (models === undefined) continue;
  for (const { model, state, appliedThrough } of changed(engine, offset)) {
    if (!models.has(model) || appliedThrough !== offset) continue;
    const found = { partition, model, through: offset, bytes: Buffer.from(state).toString("base64") };
    print({ state: found });
  }
}
