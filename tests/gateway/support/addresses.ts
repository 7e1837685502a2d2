/** Loopback addresses of our own within 127.0.0.0/8, all of which Linux has; on them every program has its usual ports. */
export function loopbackAddresses(): () => string {
  const byte = () => 1 + Math.floor(Math.random() * 250);
  const network = `127.${byte()}.${byte()}`;
  let last = 0;
  return () => `${network}.${(last += 1)}`;
}
