/** The version before this one: the program from which users upgrade, and to which they roll back. */
import { buildOlder, inHistory, type OlderProgram } from "./older-program.ts";

/** Change it with each release. Every test of an upgrade takes it from here. */
const versionBefore = "fde92a590cb3069974850977c5970fac2eb555a7";

/** Whether it is in this clone; otherwise it says what to do, and on CI that is an error. */
export const hasVersionBefore = (): Promise<boolean> => inHistory(versionBefore);

/** Built, and kept in the cache for the next test. */
export const buildVersionBefore = (): Promise<OlderProgram> => buildOlder(versionBefore);
