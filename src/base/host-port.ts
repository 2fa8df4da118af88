/** `host:port` as people and clients write it: an IPv6 address stands in brackets (RFC 3986). */
export function hostPortText(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
