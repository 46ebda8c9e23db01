/** The version that the server reports. Clients parse the number before the hyphen: the release whose behaviour we follow. */
export const version = '3.8.0-zab0.1.0, built on 2026-11-24 00:00 UTC'
