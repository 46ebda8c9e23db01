/** The version that the server reports. Clients parse the number before the hyphen: it is the release we follow. */
export const version = '3.8.6-zab, built on 2026-01-28 00:00 UTC'
