// deno-lint-ignore-file camelcase -- the names are dpkt's
/**
 * dpkt's module `utils`: addresses as text.
 *
 * @module
 */
import { ipv4Text, ipv6Text, macText } from "../../../core/address.ts";
import { Packet } from "./packet.ts";

/** A MAC address as `00:11:22:33:44:55`. */
export function mac_to_str(address: Uint8Array): string {
  return macText(address, 0, address.length);
}

/**
 * An IPv4 address (4 bytes) or IPv6 address (16 bytes) as text.
 *
 * @throws {RangeError} If there are neither 4 nor 16 bytes.
 */
export function inet_to_str(inet: Uint8Array): string {
  if (inet.length === 4) return ipv4Text(inet, 0);
  if (inet.length === 16) return ipv6Text(inet, 0);
  throw new RangeError(`invalid length of packed IP address string: ${inet.length}`);
}

/** A packet as a plain object: fields, attributes and payload by name. Values that are no packet stay as they are. */
export function make_dict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(make_dict);
  if (!(value instanceof Packet)) return value;
  const names = (value.constructor as typeof Packet).__public_fields__;
  return Object.fromEntries([
    ...names.map((n) => [n, make_dict(value[n as keyof Packet])]),
    ...value.attributes().map(([n, v]) => [n, make_dict(v)]),
    ["data", make_dict(value.data)],
  ]);
}
