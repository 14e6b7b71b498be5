/** `npm run e2e`: prints what happens; with --json the result alone, as the last line. Exit 1 when it is not as promised. */
import { isDeepStrictEqual } from "node:util";
import { endToEnd, promised } from "./end-to-end.ts";

const result = await endToEnd((line) => void process.stderr.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = isDeepStrictEqual(result, promised) ? 0 : 1;
