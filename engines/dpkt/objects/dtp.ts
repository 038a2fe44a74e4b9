/**
 * dpkt's module `dtp`.
 *
 * @module
 */
import { concat, Packet, readUint, uints } from "./packet.ts";

export * from "./constants/dtp.ts";

/** Dynamic Trunking Protocol. */
export class DTP extends Packet<DTP> {
  /** Version. */
  declare v: number;
  /** Types and values. */
  declare data: [type: number, value: Uint8Array][];

  static {
    this.header<DTP>("DTP", [["v", "B", 0]]);
  }

  /** Reads types and values. */
  override unpack(buf: Uint8Array): void {
    super.unpack(buf);
    const values: [number, Uint8Array][] = [];
    for (let at = 1; at < buf.length;) {
      const type = readUint(buf, at, 2), end = at + 4 + readUint(buf, at + 2, 2);
      values.push([type, buf.subarray(at + 4, end)]);
      at = end;
    }
    this.data = values;
  }

  /** The bytes of types and values. The version is missing, as in dpkt. */
  override bytes(): Uint8Array {
    return concat(
      ...this.data.flatMap(([type, value]) => [uints([2, 2], type, value.length), value]),
    );
  }
}
