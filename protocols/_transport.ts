/**
 * What transport protocols share: the checksum over the pseudo-header of the network layer below.
 *
 * @module
 */
import { LAYER, PROTOCOL_MASK } from "../core/catalogue.ts";
import { ChecksumStatus, fold, sumWords } from "../core/checksum.ts";
import type { PacketItems } from "../core/emitter.ts";
import type { Draft } from "../core/field.ts";
import type { Items } from "../core/items.ts";

/**
 * Status of the checksum of the current layer, which covers it and the pseudo-header of the nearest network layer
 * below (RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1). `stored`: the checksum field; `zeroMeansNone`: for UDP.
 * `length`: bytes covered; the layer's own if absent. Negative for a header looked at alone.
 */
export function transportStatus(
  items: Items,
  protocol: number,
  stored: number,
  zeroMeansNone: boolean,
  length = items.reported - items.start,
): ChecksumStatus | -1 {
  const { layers, firstLayer } = items;
  // A header looked at alone has nothing below it.
  if (items.layers.length === 0) return -1;
  const all = (items as PacketItems).catalogue.protocols;
  let fragment = false;
  for (let row = items.layer - LAYER; row >= firstLayer; row -= LAYER) {
    const p = all[layers[row] & PROTOCOL_MASK];
    if (p.spec.fragment?.(items.bytes, layers[row + 1])) fragment = true;
    const a = p.spec.addresses;
    if (!a) {
      // Only extension headers may stand between.
      if (p.layer === "internet") continue;
      return ChecksumStatus.Unverified;
    }
    if (zeroMeansNone && stored === 0) {
      return a.length === 4 ? ChecksumStatus.NotPresent : ChecksumStatus.Bad;
    }
    if (fragment || items.start + length > items.limit) return ChecksumStatus.Unverified;
    const network = layers[row + 1];
    const source = network + a.src, dest = network + a.dst;
    let sum = sumWords(items.bytes, source, source + a.length) + protocol + (length & 0xffff) +
      (length >>> 16);
    sum += sumWords(items.bytes, dest, dest + a.length);
    return fold(sumWords(items.bytes, items.start, items.start + length, sum)) === 0xffff
      ? ChecksumStatus.Good
      : ChecksumStatus.Bad;
  }
  return ChecksumStatus.Unverified;
}

/** The checksum to write into a header whose checksum field is still zero. */
export function transportChecksum(draft: Draft, protocol: number, zeroMeansNone: boolean): number {
  const { bytes, network } = draft;
  let sum = 0;
  if (network) {
    sum = sumWords(network.src, 0, network.src.length) +
      sumWords(network.dst, 0, network.dst.length) + protocol + (bytes.length & 0xffff) +
      (bytes.length >>> 16);
  }
  const value = ~fold(sumWords(bytes, 0, bytes.length, sum)) & 0xffff;
  return zeroMeansNone && value === 0 ? 0xffff : value;
}
