/**
 * Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4): labels, compression pointers that only point back, and
 * their text.
 *
 * @module
 */
import { NAME_BYTES_MAX, NAME_POINTERS_MAX } from "./limits.ts";

const DECODER = new TextDecoder();

/**
 * Bytes a name takes where it stands (a pointer ends it), from `at` and before `end`; negative if it does not end
 * there or holds a label type that does not exist.
 */
export function nameLength(b: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end) {
    const n = b[p];
    if (n === 0) return p + 1 - at;
    if (n >= 0xc0) return p + 2 <= end ? p + 2 - at : -1;
    if (n >= 0x40) return -1;
    p += 1 + n;
    if (p - at > NAME_BYTES_MAX) return -1;
  }
  return -1;
}

/**
 * Calls `label(start, length)` for each label of the name at `at`; pointers are followed to `message` + offset and must
 * point before the place they stand in, so this ends. Answers false if the name is broken.
 */
export function eachLabel(
  b: Uint8Array,
  at: number,
  end: number,
  message: number,
  label: (start: number, length: number) => void,
): boolean {
  let p = at, stop = end, hops = 0, total = 0;
  for (;;) {
    if (p >= stop) return false;
    const n = b[p];
    if (n === 0) return true;
    if (n >= 0xc0) {
      if (p + 1 >= stop) return false;
      const target = message + (((n & 0x3f) << 8) | b[p + 1]);
      // RFC 1035: a pointer points to a prior occurrence. That also makes this end.
      if (target >= p || ++hops > NAME_POINTERS_MAX) return false;
      stop = p;
      p = target;
      continue;
    }
    if (n >= 0x40) return false;
    if (p + 1 + n > stop) return false;
    total += n + 1;
    if (total > NAME_BYTES_MAX) return false;
    label(p + 1, n);
    p += 1 + n;
  }
}

/** The name as text: labels joined by dots, `<Root>` for the root, as Wireshark writes it. */
export function nameText(b: Uint8Array, at: number, end: number, message: number): string {
  let text = "";
  eachLabel(b, at, end, message, (start, n) => {
    text += (text && ".") + DECODER.decode(b.subarray(start, start + n));
  });
  return text === "" ? "<Root>" : text;
}

/** A name in text as labels on the wire, without compression. */
export function nameBytes(text: string): Uint8Array {
  const labels = text === "" || text === "." || text === "<Root>"
    ? []
    : text.replace(/\.$/, "").split(".").map((l) => new TextEncoder().encode(l));
  const out = new Uint8Array(labels.reduce((n, l) => n + 1 + l.length, 1));
  let o = 0;
  for (const l of labels) {
    if (l.length === 0 || l.length > 63) {
      throw new RangeError(
        `Cannot write name "${text}": a label has ${l.length} bytes, 1 to 63 are possible`,
      );
    }
    out[o] = l.length;
    out.set(l, o + 1);
    o += 1 + l.length;
  }
  return out;
}
