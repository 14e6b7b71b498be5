/**
 * Holds every request that any test has the adapter make against Atlassian's descriptions. A request that neither Jira knows
 * fails the call, and the test with it. What each flavour alone allows is held in contract.test.ts.
 */
import JiraApi from "jira-client";
import { descriptions } from "./descriptions.ts";

/** A worker runs this once a file. */
const judged = Symbol.for("driftwarden.judged");
const { prototype } = JiraApi;
const { makeRequestHeader } = prototype;

if (!(judged in makeRequestHeader)) {
  const judging: typeof makeRequestHeader = function (this: JiraApi, uri, options) {
    const request = makeRequestHeader.call(this, uri, options);
    const { pathname, searchParams } = new URL(uri);
    const form = { "content-type": "multipart/form-data", "x-atlassian-token": "no-check" };
    const asked = {
      method: request.method,
      // Jira may have a path of its own.
      path: pathname.replace(/^.*(?=\/rest\/api\/)/, ""),
      query: searchParams.toString(),
      headers: request.form === undefined ? { "content-type": "application/json" } : form,
      body: request.form === undefined ? request.body : { file: "file" },
    };
    const problems = Object.values(descriptions).map((one) => one.requestViolations(asked));
    if (problems.every((found) => found.length > 0))
      throw new TypeError(
        `no Jira knows ${asked.method} ${asked.path}?${asked.query}: ${JSON.stringify(problems)}`,
      );
    return request;
  };
  prototype.makeRequestHeader = Object.assign(judging, { [judged]: true });
}
