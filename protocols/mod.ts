/**
 * The protocols that ship, one file each.
 *
 * @module
 */
import type { Protocol } from "../core/protocol.ts";
import { data } from "./data.ts";
import { eth } from "./eth.ts";
import { frame, ws } from "./frame.ts";
import { ip } from "./ip.ts";
import { tcp } from "./tcp.ts";
import { udp } from "./udp.ts";
import { udplite } from "./udplite.ts";

export { data, eth, frame, ip, tcp, udp, udplite, ws };

/** All of them. Those that guess do so in this order. */
export const ALL: readonly Protocol[] = [
  frame,
  eth,
  ip,
  tcp,
  udp,
  udplite,
  data,
  ws,
] as readonly unknown[] as readonly Protocol[];
