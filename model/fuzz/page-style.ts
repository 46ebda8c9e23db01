/** How the page of a run looks, by day and by night. */
export const STYLE = `
:root {
  color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --shade: #f4f4f4; --rule: #bbb; --arrow: #2456a4;
  --server: #fff6d6; --server-rule: #b39b3a; --client: #e3edfa; --client-rule: #7d9cc7; --fault: #fbe4d5; --fault-rule: #c07f4d;
  --wrong: #fbd9dd; --wrong-rule: #a40e26; --held: #0a6b2d; --violated: #a40e26;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #ddd; --paper: #161616; --shade: #222; --rule: #555; --arrow: #8ab4f8;
    --server: #3a3421; --server-rule: #8a7d45; --client: #1e2c40; --client-rule: #56749f; --fault: #43301f; --fault-rule: #996f4a;
    --wrong: #4d1f26; --wrong-rule: #ff8a8a; --held: #6fcf8b; --violated: #ff8a8a;
  }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; color: var(--ink); background: var(--paper) }
main { margin: 2rem auto; max-width: 76rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
.held { color: var(--held) } .violated { color: var(--violated) }
pre, ol, table { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, monospace }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--shade); padding: .8rem; border-radius: 4px }
ol { padding-left: 3.5rem; margin: .5rem 0 }
summary { cursor: pointer } a { color: var(--arrow) }
:focus-visible { outline: 2px solid var(--arrow); outline-offset: 2px }
.legend span { margin-right: 1rem; white-space: nowrap }
.key { border: 1px solid; border-radius: 3px; padding: .1rem .4rem }
.key.server { background: var(--server); border-color: var(--server-rule) }
.key.client { background: var(--client); border-color: var(--client-rule) }
.key.fault { background: var(--fault); border-color: var(--fault-rule) }
.key.wrong { background: var(--wrong); border-color: var(--wrong-rule) }
.diagram { overflow: auto; max-height: 85vh; border: 1px solid var(--rule); border-radius: 4px }
.heads { position: sticky; top: 0; width: max-content; min-width: 100%; background: var(--shade); border-bottom: 1px solid var(--rule) }
#end { margin: .2rem .5rem }
svg { display: block }
svg text { font: 12px ui-monospace, SFMono-Regular, Menlo, monospace; fill: var(--ink) }
svg .head { font-weight: bold }
svg .label { fill: var(--paper) }
svg .line { stroke: var(--rule) } svg .arrow { stroke: var(--arrow); fill: none }
svg .server { fill: var(--server); stroke: var(--server-rule) } svg .client { fill: var(--client); stroke: var(--client-rule) }
svg .fault { fill: var(--fault); stroke: var(--fault-rule) } svg .wrong { fill: var(--wrong); stroke: var(--wrong-rule); stroke-width: 2 }
table { border-collapse: collapse; margin-top: .5rem }
th, td { text-align: left; vertical-align: top; padding: .05rem .8rem .05rem .3rem; overflow-wrap: anywhere }
td:first-child, th:first-child { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td:nth-child(2) { white-space: nowrap }
tr.fault td { background: var(--fault) } tr.client td { background: var(--client) } tr.wrong td { background: var(--wrong); font-weight: bold }
`
