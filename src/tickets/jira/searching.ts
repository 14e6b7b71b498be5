/**
 * Finds issues by label through the index, which may lag. Issues that are newer than the index shows are read one by
 * one.
 */
import { z } from "zod";
import { TrackerError } from "../errors.ts";
import type { Issue } from "../tracker.ts";
import { checkText } from "./checks.ts";
import { read } from "./read.ts";
import * as shapes from "./shapes.ts";
import type { JiraSite } from "./site.ts";

export interface Searching {
  readonly site: JiraSite;
}

/** After this many missing numbers in a row there is no newer issue. Deleted and hidden issues leave smaller gaps. */
const gap = 20;
/** At most this many newer issues are read. With more of them the answer is `unsure`. */
const mostLookedAt = 150;
const pageSize = 100;
const maxPages = 100;

export async function findByLabel(searching: Searching, label: string): Promise<readonly Issue[]> {
  checkLabel(label);
  const { site } = searching;
  const { id, clause, properties } = await site.keyPlace();
  const { fields } = await site.issueParts();
  // With a property, the search finds every issue of our account. So the newest ones are read.
  const order = properties.length > 0 ? "DESC" : "ASC";
  const doing = `searching for issues labelled ${label}`;
  const { issues } = await site.projects.search((projects) => {
    const jql = `${projects} AND ${clause(label)} ORDER BY created ${order}`;
    return page(searching, { jql, doing, fields, maxResults: 50 }, shapes.issuesShape);
  });
  const found: Issue[] = [];
  for (const issue of issues) {
    // On Data Center a search does not return properties.
    const whole = properties.length > 0 ? await issueAt(site, issue.id) : await site.issue(issue);
    const isIt = whole !== undefined && (id === undefined || whole.labels.includes(label));
    if (isIt) found.push(whole);
  }
  return properties.length > 0 ? found.toReversed() : found;
}

/** By the category of their status, which is the same whatever a workflow calls its statuses. */
export async function openIds(searching: Searching, label: string): Promise<ReadonlySet<string>> {
  checkLabel(label);
  const { clause } = await searching.site.keyPlace();
  const where = `${clause(label)} AND statusCategory != Done ORDER BY created ASC`;
  const query = { where, doing: "searching for open tickets", fields: ["status"] };
  const found = await allPages(searching, query, shapes.foundShape);
  return new Set(found.map(({ id }) => id));
}

interface Where extends Omit<Query, "jql" | "maxResults" | "next"> {
  /** JQL behind the condition for the projects. */
  readonly where: string;
}

/** What a search in all projects in use finds, page by page. @param shape of one issue */
export function allPages<T extends { readonly id: string }>(
  searching: Searching,
  { where, ...query }: Where,
  shape: z.ZodType<T>,
): Promise<readonly T[]> {
  return searching.site.projects.search((projects) =>
    pagesOf(searching, { ...query, jql: `${projects} AND ${where}` }, shape),
  );
}

async function pagesOf<T extends { readonly id: string }>(
  searching: Searching,
  query: Omit<Query, "maxResults" | "next">,
  shape: z.ZodType<T>,
): Promise<readonly T[]> {
  const all = new Map<string, T>();
  const pageShape = pageOf(shape);
  let next: Next = { startAt: 0 };
  for (let pages = 0; pages < maxPages; pages += 1) {
    const asked = { ...query, maxResults: pageSize, next };
    const found: z.infer<typeof pageShape> = await page(searching, asked, pageShape);
    for (const issue of found.issues) all.set(issue.id, issue);
    const { nextPageToken, isLast, total } = found;
    const over = found.issues.length === 0 || isLast === true || all.size >= (total ?? Infinity);
    if (over || (total === undefined && nextPageToken === undefined)) break;
    next = nextPageToken === undefined ? { startAt: all.size } : { nextPageToken };
  }
  return [...all.values()];
}

/**
 * Reads the issues after the newest one that the index shows, by their keys. Keys count up in a project, and an issue
 * is read by its key from the database, not from the index.
 */
export async function findAmongNewest(
  searching: Searching,
  isIt: (issue: Issue) => boolean,
): Promise<Issue | "unsure" | undefined> {
  const [home, ...routed] = searching.site.projects.configured;
  let isUnsure = false;
  for (const project of [home ?? "", ...routed]) {
    const found = await findIn(searching, project, isIt).catch((error: unknown) => {
      // A project that Jira does not show us cannot have taken the issue.
      if (project === home || !isRefused(error)) throw error;
      return undefined;
    });
    if (found === "unsure") isUnsure = true;
    else if (found !== undefined) return found;
  }
  return isUnsure ? "unsure" : undefined;
}

const isRefused = (error: unknown): boolean =>
  error instanceof TrackerError && error.status === 400;

async function findIn(
  searching: Searching,
  project: string,
  isIt: (issue: Issue) => boolean,
): Promise<Issue | "unsure" | undefined> {
  const { site } = searching;
  const { fields } = await site.issueParts();
  const jql = `project = "${project}" ORDER BY created DESC`;
  const query = {
    jql,
    doing: "searching for the newest issue",
    fields,
    maxResults: 1,
  };
  const { issues } = await page(searching, query, shapes.issuesShape);
  const [newest] = issues;
  let number = Number(/-(\d+)$/.exec(newest?.key ?? "")?.[1] ?? 0);
  let missing = 0;
  for (let looked = 0; looked < mostLookedAt; looked += 1) {
    number += 1;
    const found = await issueAt(site, `${project}-${number}`);
    missing = found === undefined ? missing + 1 : 0;
    if (found !== undefined && isIt(found)) return found;
    if (missing >= gap) return undefined;
  }
  return "unsure";
}

/** A page of a search: Data Center tells a total, Cloud a token. @param issue what is read of each issue */
function pageOf<T>(issue: z.ZodType<T>) {
  return z.object({
    issues: z.array(issue),
    total: z.number().int().min(0).optional(),
    isLast: z.boolean().optional(),
    nextPageToken: z
      .string()
      .nullish()
      .transform((token) => token ?? undefined),
  });
}

/** @returns undefined when there is none */
export async function issueAt(site: JiraSite, id: string): Promise<Issue | undefined> {
  const parts = await site.issueParts();
  try {
    const found = await site.connection.call(
      { name: "get", doing: `reading issue ${id}`, writes: false },
      (client) => read(client, `/issue/${id}`, parts),
      shapes.issueShape,
    );
    return await site.issue(found);
  } catch (error) {
    if (!(error instanceof TrackerError) || !isMissing(error)) throw error;
    return undefined;
  }
}

/** Jira also answers 404 after a failed login, which has a code of its own. */
function isMissing({ status, code }: TrackerError): boolean {
  return status === 410 || (status === 404 && code !== "DW_TRACKER_UNAUTHORIZED");
}

/** Where the next page begins: a number on Data Center, a token on Cloud. */
type Next = { readonly startAt: number } | { readonly nextPageToken: string };

interface Query {
  readonly jql: string;
  readonly doing: string;
  readonly fields: readonly string[];
  readonly maxResults: number;
  readonly next?: Next;
}

async function page<T>(
  { site }: Searching,
  { doing, next, ...query }: Query,
  shape: z.ZodType<T>,
): Promise<T> {
  const cloud = await site.isCloud();
  // Cloud has removed /search. Its successor returns ids only unless fields are named, and knows no startAt.
  const pathname = cloud ? "/search/jql" : "/search";
  const at = next === undefined || (cloud && "startAt" in next) ? {} : next;
  return site.connection.call(
    { name: "search", doing, writes: false },
    (client) => {
      const uri = client.makeUri({ pathname });
      const body = { ...query, ...at };
      return client.doRequest(client.makeRequestHeader(uri, { method: "POST", body }));
    },
    shape,
  );
}

function checkLabel(label: string): void {
  checkText(label, /^[^\s"\\]{1,255}$/, "label");
}
