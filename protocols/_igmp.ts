/**
 * What the protocols share that came to stand behind IGMP's number and in its form: type, code and checksum are IGMP's
 * header, which they call their own, too.
 *
 * @module
 */
import { CHECKSUM_STATUS_NAMES, ChecksumStatus, fold, sumWords } from "../core/checksum.ts";
import { type Field, u16, u8, type ValueNames } from "../core/field.ts";
import type { Items } from "../core/items.ts";
import { checkable } from "./_icmp.ts";
import { Check } from "./_options.ts";

/** Length of IGMP's header without what its types have each. */
export const IGMP_HEADER = 4;

/** A field for the code and what tells its name. */
export interface Code {
  /** Wireshark's name. */
  readonly abbrev: string;
  /** The name for people. */
  readonly name: string;
  /** Whether it is shown in base 16. */
  readonly hex?: boolean;
  /** What values mean. */
  readonly values?: ValueNames;
  /** Types that have it; all if absent. */
  readonly types?: readonly number[];
}

/** Reports IGMP's header, which stands before this protocol, by the names of `prefix`. */
export function igmpHeader(prefix: string, types: ValueNames, code?: Code): Check {
  const type = u8(`${prefix}.type`, "Type", { hex: true, values: types });
  const checksum = u16(`${prefix}.checksum`, "Checksum", { hex: true });
  const status = u8(`${prefix}.checksum.status`, "Checksum Status", {
    values: CHECKSUM_STATUS_NAMES,
  });
  const second = code && u8(code.abbrev, code.name, {
    hex: code.hex ?? false,
    ...(code.values ? { values: code.values } : {}),
  });
  const fields: Record<string, Field<unknown>> = {
    _type: type,
    _checksum: checksum,
    _status: status,
  };
  if (second) fields._code = second;
  return new Check(
    (items) => {
      // Without layers there is only what stands behind it.
      if (items.layers.length === 0) return;
      const b = items.bytes, at = items.start - IGMP_HEADER, value = b[at];
      items.add(type.id, at, 1, value);
      if (second && (code?.types?.includes(value) ?? true)) {
        items.add(second.id, at + 1, 1, b[at + 1]);
      }
      items.add(checksum.id, at + 2, 2, (b[at + 2] << 8) | b[at + 3]);
      items.add(status.id, at + 2, 0, checksumStatus(items, at));
    },
    [],
    fields,
  );
}

function checksumStatus(items: Items, at: number): number {
  if (!checkable(items)) return ChecksumStatus.Unverified;
  return fold(sumWords(items.bytes, at, items.limit)) === 0xffff
    ? ChecksumStatus.Good
    : ChecksumStatus.Bad;
}

/** Type (0) or code (1) of the message before this protocol; -1 where there is none. */
export function igmpByte(items: Items, which: 0 | 1): number {
  return items.start < IGMP_HEADER ? -1 : items.bytes[items.start - IGMP_HEADER + which];
}
