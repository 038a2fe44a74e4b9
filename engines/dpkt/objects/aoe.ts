/**
 * dpkt's modules `aoe`, `aoeata` and `aoecfg`.
 *
 * @module
 */
import { ATA_DEVICE_IDENTIFY } from "./constants/aoe.ts";
import { nameUpper, Packet, type PacketClass, type PacketData } from "./packet.ts";
import { AOE_COMMANDS } from "./switches.ts";

export * from "./constants/aoe.ts";

/** ATA command. */
export class AOEATA extends Packet<AOEATA> {
  /** Flags. */
  declare aflags: number;
  /** Error or feature. */
  declare errfeat: number;
  /** Sectors. */
  declare scnt: number;
  /** Command or status. */
  declare cmdstat: number;
  /** Logical block address, byte 0. */
  declare lba0: number;
  /** Logical block address, byte 1. */
  declare lba1: number;
  /** Logical block address, byte 2. */
  declare lba2: number;
  /** Logical block address, byte 3. */
  declare lba3: number;
  /** Logical block address, byte 4. */
  declare lba4: number;
  /** Logical block address, byte 5. */
  declare lba5: number;
  /** Reserved. */
  declare res: number;

  static {
    this.header<AOEATA>("AOEATA", [
      ["aflags", "B", 0],
      ["errfeat", "B", 0],
      ["scnt", "B", 0],
      ["cmdstat", "B", ATA_DEVICE_IDENTIFY],
      ["lba0", "B", 0],
      ["lba1", "B", 0],
      ["lba2", "B", 0],
      ["lba3", "B", 0],
      ["lba4", "B", 0],
      ["lba5", "B", 0],
      ["res", "H", 0],
    ]);
  }
}

/** Configuration command. */
export class AOECFG extends Packet<AOECFG> {
  /** Messages the target can queue. */
  declare bufcnt: number;
  /** Firmware's version. */
  declare fwver: number;
  /** Sectors per request at most. */
  declare scnt: number;
  /** Protocol's version and command. */
  declare aoeccmd: number;
  /** Bytes of configuration. */
  declare cslen: number;

  static {
    this.header<AOECFG>("AOECFG", [
      ["bufcnt", "H", 0],
      ["fwver", "H", 0],
      ["scnt", "B", 0],
      ["aoeccmd", "B", 0],
      ["cslen", "H", 0],
    ]);
  }
}

/** ATA over Ethernet. */
export class AOE extends Packet<AOE> {
  /** `ver` and `fl` in one field. */
  declare _ver_fl: number;
  /** Version. */
  declare ver: number;
  /** Flags. */
  declare fl: number;
  /** Error. */
  declare err: number;
  /** Shelf. */
  declare maj: number;
  /** Slot. */
  declare min: number;
  /** Command. */
  declare cmd: number;
  /** Tag. */
  declare tag: number;
  /** Body by command. */
  declare data: AOEATA | AOECFG | Packet | Uint8Array;
  /** `data`, if it is an ATA command. */
  declare readonly aoeata?: AOEATA;
  /** `data`, if it is a configuration command. */
  declare readonly aoecfg?: AOECFG;

  static {
    this.header<AOE>("AOE", [
      ["_ver_fl", "B", 0x10],
      ["err", "B", 0],
      ["maj", "H", 0],
      ["min", "B", 0],
      ["cmd", "B", 0],
      ["tag", "I", 0],
    ], { bits: { _ver_fl: [["ver", 4], ["fl", 4]] } });
    nameUpper(this.prototype, AOEATA);
    nameUpper(this.prototype, AOECFG);
  }

  /** Body by command. */
  protected override decode(): PacketData {
    return this.upper(AOE_COMMANDS.get(this._buf[5]), this._buf.subarray(10));
  }

  /** Puts a class under a command. */
  static set_cmd(cmd: number, pktclass: PacketClass): void {
    AOE_COMMANDS.set(cmd, pktclass);
  }

  /** The class of a command. */
  static get_cmd(cmd: number): PacketClass | undefined {
    return AOE_COMMANDS.get(cmd);
  }
}
