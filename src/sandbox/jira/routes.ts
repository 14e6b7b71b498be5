/** The part of Jira's REST v2 that the sandbox speaks: which path does what. */
import { attachmentRoutes } from "./attachment-routes.ts";
import { commentRoutes } from "./comment-routes.ts";
import { Refusal } from "./issue.ts";
import { issueRoutes } from "./issue-routes.ts";
import { searchRoutes } from "./search-routes.ts";
import { type JiraCall, type Reply, refuse, type Site } from "./site.ts";
import { siteRoutes } from "./site-routes.ts";

const routes = [
  ...siteRoutes,
  ...issueRoutes,
  ...commentRoutes,
  ...attachmentRoutes,
  ...searchRoutes,
];

/** Answers one call; a path it does not know is 404, as in Jira. */
export function answer(site: Site, call: JiraCall): Reply {
  for (const [method, pattern, handle] of routes) {
    const params = method === call.method ? pattern.exec(call.path)?.slice(1) : undefined;
    if (params) return handle(site, call, params);
  }
  return refuse(new Refusal(404, [`null for uri: ${call.path}`]));
}
