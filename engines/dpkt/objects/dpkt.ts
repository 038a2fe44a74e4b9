/**
 * dpkt's module `dpkt`: what every class is made of, errors, checksums.
 *
 * @module
 */
export {
  DpktError as Error,
  type Field,
  type Format,
  type HeaderOptions,
  hexdump,
  in_cksum,
  in_cksum_add,
  in_cksum_done,
  type Init,
  len,
  NeedData,
  PackError,
  Packet,
  type PacketClass,
  type PacketData,
  repr,
  UnpackError,
} from "./packet.ts";
