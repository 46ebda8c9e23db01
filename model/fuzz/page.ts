/** A run as one HTML page that needs nothing else: no script, no network; the diagram is drawn here. Pure. */
import type { JournalItem } from '../world/journal.js'
import type { Account } from '../world/report.js'
import { showVerdict } from '../world/report.js'
import { escapeText } from './escape.js'
import { STYLE } from './page-style.js'
import { MAX_ROWS, kindOf, sequenceSvg } from './sequence-svg.js'

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
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1 class="${violation === undefined ? 'held' : 'violated'}">${escapeText(title)}</h1>`,
    `<pre>${escapeText([showVerdict(account), ...notes].join('\n'))}</pre>`,
    section('What is done to the ensemble', commands(account.commands)),
    section('What happens', `<pre>${escapeText(account.story)}</pre>`),
    section('Diagram', diagram(account)),
    section('Everything, in words', table(account.items)),
    section('Run it again', `<pre>zab replay ${escapeText(token)}</pre>`),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

const section = (title: string, body: string): string => `<section>\n<h2>${title}</h2>\n${body}\n</section>`

/** More than that are folded. */
const MAX_OPEN = 25

const folded = (count: number, what: string, body: string): string =>
  `<details${count <= MAX_OPEN ? ' open' : ''}><summary>${count} ${what}</summary>\n${body}\n</details>`

const commands = (all: readonly string[]): string =>
  all.length === 0
    ? '<p>Nothing: it shows by itself.</p>'
    : folded(
        all.length,
        all.length === 1 ? 'command' : 'commands',
        `<ol>\n${all.map((command) => `<li>${escapeText(command)}</li>`).join('\n')}\n</ol>`,
      )

const LEGEND =
  '<p class="legend"><span class="key server">a server</span> <span class="key client">a client</span> ' +
  '<span class="key fault">what is done to the ensemble</span> <span class="key wrong">what is wrong</span> ' +
  '<span>→ a message, when it arrives</span></p>'

const diagram = ({ servers, items }: Account): string => {
  const { heads, body } = sequenceSvg(servers, items)
  // It scrolls sideways, so it must be within reach of the keyboard.
  return (
    `${LEGEND}\n<p>The last ${MAX_ROWS} things at most, down to <a href="#end">the end</a>; details are in the table.</p>\n` +
    `<div class="diagram" tabindex="0" role="region" aria-label="Diagram"><div class="heads">${heads}</div>\n${body}<p id="end">the end</p></div>`
  )
}

/** A page of some hundred kilobytes. */
const MAX_TABLE_ROWS = 3000

const table = (items: readonly JournalItem[]): string => {
  const shown = items.slice(-MAX_TABLE_ROWS)
  const head = '<tr><th scope="col">ms</th><th scope="col">where</th><th scope="col">what</th></tr>'
  const rows = shown.map((item) => {
    const where =
      item.kind === 'message' ? `${item.from} → ${item.to}` : item.server === undefined ? '' : `server ${item.server}`
    const kind = item.kind === 'message' ? 'message' : kindOf(item)
    return `<tr class="${kind}"><td>${item.atMs}</td><td>${where}</td><td>${escapeText(item.text)}</td></tr>`
  })
  const omitted = items.length - shown.length
  const what = omitted === 0 ? 'things' : `things, the last ones; ${omitted} came before them`
  return folded(shown.length, what, `<table>\n<thead>${head}</thead>\n<tbody>\n${rows.join('\n')}\n</tbody>\n</table>`)
}
