/**
 * The fast decoder's columns, filled from the layer rows of any engine: so everything that works on columns works with
 * every engine, and with whatever link layers and tunnels it knows.
 *
 * @module
 */
import { type Catalogue, LAYER, PARTIAL, PROTOCOL_MASK } from "../../core/catalogue.ts";
import type { PacketBatch } from "../../core/engine.ts";
import { LAYERS_MAX } from "../../core/limits.ts";
import { type Columns, EXTENDED, hasPorts, LATER_PART, PART, TAGGED, TCP } from "./columns.ts";

const IPV4 = 1, IPV6 = 2, EXTENSION = 3, FRAGMENT = 4, TAG = 5;
const KINDS: Readonly<Record<string, number>> = {
  ip: IPV4,
  ipv6: IPV6,
  "ipv6.hopopts": EXTENSION,
  "ipv6.routing": EXTENSION,
  "ipv6.dstopts": EXTENSION,
  "ipv6.fraghdr": FRAGMENT,
  ah: EXTENSION,
  vlan: TAG,
  ieee8021ad: TAG,
};

/** Answers what `decode` would, of packets whose layers an engine found. `columns` must have room for them. */
export function columnsOfRows(
  catalogue: Catalogue,
): (packets: PacketBatch, columns: Columns) => void {
  const kinds = new Uint8Array(PROTOCOL_MASK + 1);
  let known = -1;
  // An engine's own catalogue names protocols as they are met.
  const learn = (): void => {
    known = catalogue.ready.length;
    for (const [name, kind] of Object.entries(KINDS)) {
      const id = catalogue.idOf(name);
      if (id >= 0) kinds[id] = kind;
    }
  };
  return ({ frames, layers, firstLayer }, columns) => {
    if (catalogue.ready.length !== known) learn();
    const { bytes, count } = frames;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { version, protocol, flags, src, dst, srcPort, dstPort } = columns;
    for (let i = 0; i < count; i++) {
      version[i] = 0;
      const last = firstLayer[i + 1];
      let row = firstLayer[i], kind = 0, flag = 0;
      for (; row < last; row += LAYER) {
        kind = kinds[layers[row] & PROTOCOL_MASK];
        if (layers[row] & PARTIAL) continue;
        if (kind === TAG) {
          if (flag === 0) columns.vlan[i] = view.getUint16(layers[row + 1]) & 0xfff;
          flag = TAGGED;
        } else if (kind === IPV4 || kind === IPV6) break;
      }
      if (row >= last) continue;
      const p = layers[row + 1], first = view.getUint8(p);
      columns.network[i] = p;
      columns.end[i] = layers[row + 3];
      columns.length[i] = layers[row + 4] - p;
      const o = 4 * i;
      let next: number;
      if (kind === IPV4) {
        if ((first & 15) < 5) continue;
        next = view.getUint8(p + 9);
        const part = view.getUint16(p + 6) & 0x3fff;
        if (part !== 0) flag |= (part & 0x1fff) !== 0 ? PART | LATER_PART : PART;
        version[i] = 4;
        src[o] = view.getUint32(p + 12);
        dst[o] = view.getUint32(p + 16);
        for (let k = 1; k < 4; k++) src[o + k] = dst[o + k] = 0;
      } else {
        if (first >> 4 !== 6) continue;
        next = view.getUint8(p + 6);
        version[i] = 6;
        for (let k = 0; k < 4; k++) {
          src[o + k] = view.getUint32(p + 8 + 4 * k);
          dst[o + k] = view.getUint32(p + 24 + 4 * k);
        }
      }
      const limit = layers[row + 3];
      let from = layers[row + 2];
      // A length too small for its own header: nothing behind it can be trusted.
      if (kind === IPV4 && shorter(view, p)) from = limit;
      for (row += LAYER; row < last; row += LAYER) {
        kind = kinds[layers[row] & PROTOCOL_MASK];
        if (kind !== EXTENSION && kind !== FRAGMENT) break;
        if (layers[row] & PARTIAL) {
          from = limit;
          break;
        }
        const start = layers[row + 1];
        next = view.getUint8(start);
        flag |= EXTENDED;
        if (kind === FRAGMENT) {
          const part = view.getUint16(start + 2);
          if ((part & 0xfff9) !== 0) flag |= PART;
          if ((part & 0xfff8) !== 0) flag |= LATER_PART;
        }
        from = layers[row + 2];
      }
      let ports = 0, told = 0, transport = 0;
      // What stands there need not be a row: engines may look less deep.
      const layer = (row - firstLayer[i]) / LAYER;
      if (from < limit && (flag & LATER_PART) === 0 && layer < LAYERS_MAX) {
        transport = from;
        const left = limit - from;
        if (hasPorts(next) && left >= 4) {
          ports = view.getUint32(from);
          if (next === TCP && left >= 14) told = view.getUint16(from + 12) & 0xfff;
        }
      }
      columns.transport[i] = transport;
      srcPort[i] = ports >>> 16;
      dstPort[i] = ports & 0xffff;
      columns.tcpFlags[i] = told;
      protocol[i] = next;
      flags[i] = flag;
    }
  };
}

/** Whether the IPv4 header at `p` says that the packet is shorter than it. */
function shorter(view: DataView, p: number): boolean {
  const total = view.getUint16(p + 2);
  return total !== 0 && total < (view.getUint8(p) & 15) << 2;
}
