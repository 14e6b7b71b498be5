/** What the search of the sandbox sees: issues as they were a while ago, because an index lags behind the database. */
import type { SandboxIssue } from "./issue.ts";

interface Version {
  readonly atMs: number;
  readonly issue: SandboxIssue;
}

export class SearchIndex {
  readonly #lagMs: number;
  readonly #now: () => number;
  readonly #versions = new Map<string, Version[]>();
  #blindSinceMs = Infinity;

  constructor(lagMs: number, now: () => number) {
    this.#lagMs = lagMs;
    this.#now = now;
  }

  /** The issue was created or changed. */
  note(issue: SandboxIssue): void {
    const versions = this.#versions.get(issue.id) ?? [];
    versions.push({ atMs: this.#now(), issue: { ...issue } });
    this.#versions.set(issue.id, versions);
    this.#forget(versions);
  }

  remove({ id }: SandboxIssue): void {
    this.#versions.delete(id);
  }

  /** With true it learns nothing from now on; false lets it catch up. Data Center's index can stop so on one node. */
  blind(isBlind: boolean): void {
    this.#blindSinceMs = isBlind ? this.#shownMs() : Infinity;
  }

  /** Oldest issue first. */
  shown(): readonly SandboxIssue[] {
    return [...this.#versions.values()].flatMap((versions) => {
      this.#forget(versions);
      const [first] = versions;
      return first !== undefined && first.atMs <= this.#shownMs() ? [first.issue] : [];
    });
  }

  #shownMs(): number {
    return Math.min(this.#now() - this.#lagMs, this.#blindSinceMs);
  }

  /** Keeps the version that is shown, and the later ones. */
  #forget(versions: Version[]): void {
    const shownMs = this.#shownMs();
    const later = versions.findIndex(({ atMs }) => atMs > shownMs);
    const shown = (later < 0 ? versions.length : later) - 1;
    if (shown > 0) versions.splice(0, shown);
  }
}
