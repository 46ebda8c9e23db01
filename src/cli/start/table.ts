/** Statuses as lines of text. Pure. */
import type { Status } from './status.js'

interface Column {
  readonly title: string
  readonly width: number
  readonly isNumber: boolean
  readonly show: (status: Status) => string
}

const orDash = (value: number | string | undefined): string => (value === undefined ? '-' : String(value))

const COLUMNS: readonly Column[] = [
  { title: 'server', width: 6, isNumber: true, show: ({ id }) => String(id) },
  { title: 'address', width: 15, isNumber: false, show: ({ address }) => address },
  { title: 'role', width: 10, isNumber: false, show: ({ role }) => role },
  { title: 'phase', width: 10, isNumber: false, show: ({ phase }) => phase },
  { title: 'epoch', width: 5, isNumber: true, show: ({ epoch }) => orDash(epoch) },
  { title: 'last zxid', width: 14, isNumber: true, show: ({ lastZxid }) => orDash(lastZxid) },
  { title: 'sessions', width: 8, isNumber: true, show: ({ sessions }) => orDash(sessions) },
  { title: 'requests/s', width: 10, isNumber: true, show: ({ requestsPerSecond }) => orDash(requestsPerSecond) },
]

const line = (cell: (column: Column) => string): string =>
  COLUMNS.map((column) => (column.isNumber ? cell(column).padStart(column.width) : cell(column).padEnd(column.width)))
    .join('  ')
    .trimEnd()

export const HEADER = line((column) => column.title)

export const renderRow = (status: Status): string => line((column) => column.show(status))

/** The sentence for a log: what matters when it changes, without figures that always change. */
export const renderChange = ({ address, epoch, id, phase, role }: Status): string =>
  [
    `server ${id} (${address}): ${role}`,
    ...(phase === '-' ? [] : [`phase ${phase}`]),
    ...(epoch === undefined ? [] : [`epoch ${epoch}`]),
  ].join(', ')

/** Is the second status worth a line after the first? */
export const isChange = (before: Status | undefined, after: Status): boolean =>
  before === undefined || renderChange(before) !== renderChange(after)
