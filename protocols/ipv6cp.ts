/**
 * PPP's control protocol for IPv6 (RFC 5072, 5172).
 *
 * @module
 */
import { fixedBytes } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import {
  controlFields,
  controlSummary,
  controlWalk,
  Options,
  type PppControl,
} from "./_ppp_control.ts";

/** A packet of the control protocol for IPv6. */
export type Ipv6cp = PppControl;

/** Control protocol for IPv6. */
export const ipv6cp: Protocol<Ipv6cp> = protocol<Ipv6cp>({
  name: "ipv6cp",
  title: "PPP IPv6 Control Protocol",
  label: "IPV6CP",
  layer: "application",
  parents: { "ppp.protocol": [0x8057] },
  fields: controlFields(
    new Options("ipv6cp.opt", {
      1: {
        name: "Interface Identifier",
        fixed: 10,
        fields: {
          identifier: fixedBytes(8, "ipv6cp.interface_identifier", "Interface Identifier"),
        },
      },
    }),
  ),
  walk: controlWalk,
  summary: controlSummary,
});
