/**
 * dpkt's module `stp`.
 *
 * @module
 */
import { EMPTY, Packet } from "./packet.ts";

/** Spanning Tree Protocol (IEEE 802.1D). */
export class STP extends Packet<STP> {
  /** Protocol's number. */
  declare proto_id: number;
  /** Version. */
  declare v: number;
  /** Type. */
  declare type: number;
  /** Flags. */
  declare flags: number;
  /** Root bridge, 8 bytes. */
  declare root_id: Uint8Array;
  /** Cost of the path to the root. */
  declare root_path: number;
  /** Sending bridge, 8 bytes. */
  declare bridge_id: Uint8Array;
  /** Port. */
  declare port_id: number;
  /** Age of the message in units of 1/256 second. */
  declare _age: number;
  /** Greatest age in units of 1/256 second. */
  declare _max_age: number;
  /** Time between messages in units of 1/256 second. */
  declare _hello: number;
  /** Delay before forwarding in units of 1/256 second. */
  declare _fd: number;

  static {
    this.header<STP>("STP", [
      ["proto_id", "H", 0],
      ["v", "B", 0],
      ["type", "B", 0],
      ["flags", "B", 0],
      ["root_id", "8s", EMPTY],
      ["root_path", "I", 0],
      ["bridge_id", "8s", EMPTY],
      ["port_id", "H", 0],
      ["_age", "H", 0],
      ["_max_age", "H", 0],
      ["_hello", "H", 0],
      ["_fd", "H", 0],
    ]);
  }

  /** Age of the message in whole seconds. */
  get age(): number {
    return this._age >> 8;
  }
  set age(seconds: number) {
    this._age = seconds * 256;
  }
  /** Greatest age in whole seconds. */
  get max_age(): number {
    return this._max_age >> 8;
  }
  set max_age(seconds: number) {
    this._max_age = seconds * 256;
  }
  /** Time between messages in whole seconds. */
  get hello(): number {
    return this._hello >> 8;
  }
  set hello(seconds: number) {
    this._hello = seconds * 256;
  }
  /** Delay before forwarding in whole seconds. */
  get fd(): number {
    return this._fd >> 8;
  }
  set fd(seconds: number) {
    this._fd = seconds * 256;
  }
}
