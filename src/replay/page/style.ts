/** The style of the page: light, dark and print. */

export const style = `
:root {
  color-scheme: light dark;
  --bg: #ffffff; --card: #f6f7f9; --text: #1c2128; --soft: #59636e; --rule: #d5dae0;
  --mark: #d1242f; --c0: #0b62c4; --c1: #b35900; --c2: #1a7f37; --c3: #8250df; --c4: #0e8a8a; --c5: #6e7781;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0f1318; --card: #181d24; --text: #e3e8ee; --soft: #9aa5b1; --rule: #333b45;
    --mark: #ff6b6b; --c0: #6cb2ff; --c1: #ffab5e; --c2: #57d67a; --c3: #c8a2ff; --c4: #4fd0d0; --c5: #a9b3bd;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1.25rem 4rem; background: var(--bg); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.75rem 0 .5rem; }
p { margin: .4rem 0; } .soft { color: var(--soft); }
a { color: var(--c0); }
.facts { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.25rem 0; padding: 0; list-style: none; }
.facts li { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .5rem .9rem; min-width: 7rem; }
.facts b { display: block; font-size: 1.35rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th { text-align: left; color: var(--soft); font-weight: 500; white-space: nowrap; }
th, td { padding: .4rem .9rem .4rem 0; border-top: 1px solid var(--rule); vertical-align: top; }
thead th { border-top: 0; }
.why { padding-right: 0; min-width: 15rem; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.nowrap { white-space: nowrap; }
tr:target td { background: color-mix(in srgb, var(--c0) 12%, transparent); }
tr.more td { border-top: 0; padding: 0 0 .6rem; }
summary { cursor: pointer; color: var(--c0); }
.sev { display: inline-block; border-radius: .3rem; padding: 0 .4rem; font-size: .8rem; font-weight: 600; border: 1px solid var(--rule); }
.P0, .P1 { background: var(--mark); border-color: var(--mark); color: var(--bg); }
svg { display: block; width: 100%; height: auto; background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
.c0.line { stroke-width: 2.2; }
.band { fill: var(--c0); opacity: .14; }
.mark { fill: var(--mark); opacity: .13; } .edge { stroke: var(--mark); stroke-width: 1.2; }
.boundary { stroke: var(--mark); stroke-width: 1; stroke-dasharray: 5 4; }
svg.score { margin-top: .3rem; }
table.all { width: auto; margin: .4rem 0 .8rem; } table.all td { padding: .15rem 1.4rem .15rem 0; }
.grid { stroke: var(--rule); stroke-width: .7; }
.tick { fill: var(--soft); font-size: 11.5px; } .label { fill: var(--mark); font-size: 12px; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .35rem 0 .8rem; padding: 0; list-style: none; font-size: .85rem; }
.legend svg { display: inline-block; width: 1.2rem; height: .7rem; margin-right: .35rem; border: 0; background: none; vertical-align: baseline; }
`;
