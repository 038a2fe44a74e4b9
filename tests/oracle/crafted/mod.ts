/** Frames with what recorded captures lack: every option, sub-type and form of the protocols said to be complete. */
import type { Crafted } from "./_frames.ts";
import { frames as arp } from "./arp.ts";
import { frames as dhcp } from "./dhcp.ts";
import { frames as dns } from "./dns.ts";
import { frames as http } from "./http.ts";
import { frames as icmp } from "./icmp.ts";
import { frames as icmpv6 } from "./icmpv6.ts";
import { frames as internet } from "./internet.ts";
import { frames as link } from "./link.ts";
import { frames as transport } from "./transport.ts";

/** All of them. */
export function crafted(): readonly Crafted[] {
  return [link, arp, internet, transport, icmp, icmpv6, dns, dhcp, http].flatMap((make) => make());
}
