/**
 * The projects in which tickets of ours are: those of the configuration, and those into which people moved a ticket. Jira
 * refuses a search that names a project that it does not show us, so such a project is left out.
 */
import { TrackerError } from "../errors.ts";
import type { JiraConnection } from "./connection.ts";
import * as shapes from "./shapes.ts";

export class ProjectsInUse {
  /** Keys; the first is that of `jira.project`. */
  readonly configured: readonly string[];
  readonly #connection: JiraConnection;
  readonly #known: Set<string>;
  /** Those that Jira does not show us. */
  readonly #missing = new Set<string>();

  constructor(connection: JiraConnection, configured: readonly string[]) {
    this.#connection = connection;
    this.configured = [...new Set(configured)];
    this.#known = new Set(configured);
  }

  /** An issue of ours was read. @param key of the issue */
  seen(key: string): void {
    const project = /^([A-Z][A-Z0-9_]*)-\d+$/.exec(key)?.[1];
    if (project === undefined) return;
    this.#known.add(project);
    this.#missing.delete(project);
  }

  /** Searches, and once more without the projects that are not there. @param search with a condition in JQL */
  async search<T>(search: (clause: string) => Promise<T>): Promise<T> {
    try {
      return await search(this.#clause);
    } catch (error) {
      const refused = error instanceof TrackerError && error.status === 400;
      if (!refused || this.#known.size === 1 || !(await this.#leaveOutMissing())) throw error;
      return search(this.#clause);
    }
  }

  get #clause(): string {
    const shown = [...this.#known].filter((key) => !this.#missing.has(key));
    const [only = this.configured[0] ?? "", ...others] = shown;
    if (others.length === 0) return `project = "${only}"`;
    return `project in (${shown.map((key) => `"${key}"`).join(", ")})`;
  }

  /** @returns whether there are any that were not left out before */
  async #leaveOutMissing(): Promise<boolean> {
    const before = this.#missing.size;
    for (const key of this.#known)
      if (!this.#missing.has(key) && !(await this.#isThere(key))) this.#missing.add(key);
    return this.#missing.size > before && this.#missing.size < this.#known.size;
  }

  async #isThere(project: string): Promise<boolean> {
    try {
      await this.#connection.call(
        { name: "project", doing: `reading project ${project}`, writes: false },
        (client) => client.getProject(project),
        shapes.projectShape,
      );
      return true;
    } catch (error) {
      if (error instanceof TrackerError && error.code === "DW_JIRA_PROJECT_MISSING") return false;
      throw error;
    }
  }
}
