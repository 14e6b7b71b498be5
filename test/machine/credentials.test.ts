import { describe, expect, it } from "vitest";
import { credentials } from "../../src/machine/credentials.ts";
import { madeUpMachine, rightSettings } from "./made-up-machine.ts";

describe("a secret with a default in the unit", () => {
  const storeUrl = "/etc/driftwarden/credentials/store-url";
  const jiraToken = "/etc/driftwarden/credentials/jira-token";
  const unit = `LoadCredential=store-url:${storeUrl}
LoadCredential=jira-token:${jiraToken}
SetCredential=store-url:\\n
SetCredential=jira-token:\\n
`;

  it.each([
    {
      missing: jiraToken,
      ok: true,
      rule: "may be missing where the configuration does not read it",
    },
    { missing: storeUrl, ok: false, rule: "may not be missing where the configuration reads it" },
  ])("$rule", async ({ missing, ok }) => {
    const machine = madeUpMachine({
      outputs: { "systemctl cat": unit },
      entries: { [missing]: "missing" },
    });
    const findings = await credentials.look(machine, rightSettings, "driftwarden");
    expect(findings.map((finding) => finding.ok)).toEqual([ok]);
  });
});
