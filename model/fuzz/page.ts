/** A run as one HTML page that needs nothing else: no script, no network; the diagram is drawn here. Pure. */
import type { Account } from '../world/report.js'
import { showVerdict } from '../world/report.js'
import { escapeText, sequenceSvg } from './sequence-svg.js'

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1a1a1a; background: #fff }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin-top: 2rem }
.held { color: #0a6b2d } .violated { color: #a40e26 }
pre, code { font: 13px/1.5 ui-monospace, monospace } pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5; padding: .8rem; border-radius: 4px }
svg { max-width: 100%; height: auto } svg text { font: 12px ui-monospace, monospace; fill: currentColor }
.line { stroke: #bbb } .arrow { stroke: #2456a4; fill: none } .note { fill: #fff6d6; stroke: #d9c066 } .fault { fill: #fde3e3; stroke: #d38a8a }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #161616 } pre { background: #222 } .line { stroke: #555 } .arrow { stroke: #8ab4f8 }
  .note { fill: #3a3421; stroke: #6e6334 } .fault { fill: #442525; stroke: #8a4a4a } .held { color: #6fcf8b } .violated { color: #ff8a8a }
}`

/** `notes`: further lines below the verdict. */
export const renderPage = (account: Account, token: string, notes: readonly string[] = []): string => {
  const { violation } = account
  const title = violation === undefined ? 'held' : `violated: ${violation.clause}`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>zab replay: ${escapeText(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    '</head>',
    '<body>',
    `<h1 class="${violation === undefined ? 'held' : 'violated'}">${escapeText(title)}</h1>`,
    `<pre>${escapeText([showVerdict(account), ...notes].join('\n'))}</pre>`,
    section('Story', `<pre>${escapeText(account.story)}</pre>`),
    section('Diagram', sequenceSvg(account.servers, account.items)),
    section(
      'Commands',
      `<ol>${account.commands.map((command) => `<li><code>${escapeText(command)}</code></li>`).join('\n')}</ol>`,
    ),
    section('Run it again', `<pre>zab replay ${escapeText(token)}</pre>`),
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

const section = (title: string, body: string): string => `<h2>${title}</h2>\n${body}`
