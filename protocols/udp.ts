/**
 * User Datagram Protocol (RFC 768).
 *
 * @module
 */
import { CHECKSUM_STATUS_NAMES } from "../core/checksum.ts";
import { bytes, computed, custom, u16 } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { transportChecksum, transportStatus } from "./_transport.ts";

/** A UDP header. */
export interface Udp {
  /** Source port. */
  readonly srcPort: number;
  /** Destination port. */
  readonly dstPort: number;
  /** Length of header and payload in bytes. */
  readonly length: number;
  /** Checksum; 0 if the sender made none. */
  readonly checksum: number;
}

const payload = bytes("udp.payload", "Payload");

/** User Datagram Protocol. */
export const udp: Protocol<Udp> = protocol<Udp>({
  name: "udp",
  title: "User Datagram Protocol",
  label: "UDP",
  layer: "transport",
  parents: { "ip.proto": [17] },
  fields: {
    srcPort: u16("udp.srcport", "Source Port", { also: "udp.port" }),
    dstPort: u16("udp.dstport", "Destination Port", { also: "udp.port" }),
    length: u16("udp.length", "Length"),
    checksum: u16("udp.checksum", "Checksum", {
      hex: true,
      auto: (d) => transportChecksum(d, 17, true),
    }),
    _checksumStatus: computed("udp.checksum.status", "Checksum Status", (items) => {
      const b = items.bytes, o = items.start;
      return transportStatus(items, 17, (b[o + 6] << 8) | b[o + 7], true);
    }, { values: CHECKSUM_STATUS_NAMES }),
    _payload: custom({
      fields: { _payload: payload },
      emit(items) {
        if (items.limit > items.at) items.add(payload.id, items.at, items.limit - items.at, 0);
      },
      write: () => {},
    }),
  },
  // RFC 2675: a length of zero means a jumbogram, whose length IPv6 says.
  payload: { field: "length", zeroIsRest: true },
  next: { table: "udp.port", field: "dstPort", or: "srcPort" },
  summary(layer, out) {
    const b = layer.bytes, o = layer.start;
    out.ensure(64);
    out.uint((b[o] << 8) | b[o + 1]);
    out.ascii(" \u2192 ".replace("\u2192", "->"));
    out.uint((b[o + 2] << 8) | b[o + 3]);
    out.ascii(" Len=");
    out.uint(layer.reported - layer.start - 8);
  },
});
