/** What every page of the sandbox has: head, style, and how people and times are written. No script runs in it. */
import { escapeHtml } from "../../../html.ts";
import type { Site } from "../site.ts";

const style = `
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--small:#626f86;--go:#0c66e4}
@media(prefers-color-scheme:dark){:root{--small:#9fadbc;--go:#579dff}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:1rem auto;padding:0 1rem;overflow-wrap:anywhere}
a{color:var(--go)}h1{font-size:1.4rem;line-height:1.3;margin:.5rem 0}h2{font-size:1rem;margin:1rem 0 .5rem}h3{font-size:1rem;margin:1rem 0 .3rem}
small,.small{color:var(--small);font-size:.85rem}
pre{white-space:pre-wrap;background:var(--soft);padding:.6rem;border-radius:6px;margin:.4rem 0}
.board{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}
.column{background:var(--soft);border-radius:8px;padding:.5rem .7rem 1rem}
.card{display:block;border:1px solid var(--line);border-radius:6px;padding:.5rem .6rem;margin:.5rem 0;background:Canvas;color:CanvasText;text-decoration:none}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.4rem 0}
td,th{border:1px solid var(--line);padding:.2rem .6rem;text-align:left;vertical-align:top;overflow-wrap:normal}th{background:var(--soft)}
.said{border-top:1px solid var(--line);padding:.5rem 0}.said p{margin:.3rem 0}
blockquote,.panel{border-left:4px solid var(--line);margin:.4rem 0;padding:.1rem .8rem}
img{max-width:100%;height:auto}
.mention{background:var(--soft);border-radius:4px;padding:0 .2rem}
.depth2{margin-left:1.2rem}.depth3{margin-left:2.4rem}.depth4{margin-left:3.6rem}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0}
textarea{width:100%;min-height:5rem;font:inherit;padding:.4rem}
button,select{font:inherit;padding:.25rem .7rem}
.refused{border:1px solid #c9372c;border-radius:6px;padding:.5rem .8rem}
`;

export function pageHtml(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width,initial-scale=1">` +
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body>` +
    `<p class="small">Driftwarden's Jira sandbox: simulated, in memory, gone when it stops</p>${body}</body></html>`
  );
}

/** To the minute, UTC. */
export function timeHtml(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}">${iso.slice(0, 16).replace("T", " ")} UTC</time>`;
}

export function personHtml({ accounts }: Site, name: string | undefined): string {
  return name === undefined ? "nobody" : escapeHtml(accounts.named(name).displayName);
}
