/** Addresses as they stand in configurations and election handshakes. */

export interface Address {
  readonly host: string
  readonly port: number
}

/** Addresses on which a server may listen, and that say nothing of where it is. */
const WILDCARDS: readonly string[] = ['0.0.0.0', '::', '0:0:0:0:0:0:0:0']

export const isWildcard = ({ host }: Address): boolean => WILDCARDS.includes(host)

/** `host:port`, an IPv6 literal in brackets. */
export const showAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** `host:port`; undefined when it is not an address that can be dialled. */
export const parseAddress = (text: string): Address | undefined => {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/\[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  return host !== undefined && port >= 1 && port <= 65535 ? { host, port } : undefined
}
