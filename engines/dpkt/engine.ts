/**
 * The `dpkt` engine: a short decoder for what most packets are made of, which stops at the transport layer. Counting
 * flows needs no rows at all: see `columns.ts` and `kernel/`.
 *
 * @module
 */
import type { Engine } from "../../core/engine.ts";
import { noOptions } from "../_options.ts";

/** The fast engine. */
export const dpkt: Engine = {
  name: "dpkt",
  title: "the fast one: Ethernet, VLAN, cooked, raw; IPv4, IPv6 and extension headers; TCP, UDP, " +
    "SCTP, ICMP; nothing above",
  aliases: ["minimal"],
  capabilities: { depth: "transport", stateful: false, items: false },
  start: async (context) => {
    noOptions("dpkt", context.options);
    return new (await import("./rows.ts")).RowDecoder(context);
  },
};
