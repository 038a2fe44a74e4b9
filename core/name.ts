/**
 * Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4): labels, compression pointers that only point back, and
 * their text.
 *
 * @module
 */
import { NAME_BYTES_MAX, NAME_POINTERS_MAX } from "./limits.ts";

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
 * Goes through the labels of a name. Pointers are followed to `message` + offset and must point before the place they
 * stand in, so this ends. One cursor serves many names: nothing is made for each.
 */
export class LabelCursor {
  /** First byte of the label at hand. */
  start: number = 0;
  /** Its length in bytes. */
  length: number = 0;
  /** Whether the name turned out to be broken: it ends outside its bounds, points forward, or is too long. */
  broken: boolean = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #stop = 0;
  #message = 0;
  #hops = 0;
  #total = 0;

  /** Turns to the name at `at`, which must end before `end`, in the message that starts at `message`. */
  begin(b: Uint8Array, at: number, end: number, message: number): void {
    this.#bytes = b;
    this.#at = at;
    this.#stop = end;
    this.#message = message;
    this.#hops = 0;
    this.#total = 0;
    this.broken = false;
  }

  /** Goes to the next label; false at the end, or where the name is broken. */
  next(): boolean {
    const b = this.#bytes;
    for (;;) {
      const p = this.#at;
      if (p >= this.#stop) break;
      const n = b[p];
      if (n === 0) return false;
      if (n >= 0xc0) {
        if (p + 1 >= this.#stop) break;
        const target = this.#message + (((n & 0x3f) << 8) | b[p + 1]);
        // RFC 1035: a pointer points to a prior occurrence. That also makes this end.
        if (target < 0 || target >= p || ++this.#hops > NAME_POINTERS_MAX) break;
        this.#stop = p;
        this.#at = target;
        continue;
      }
      if (n >= 0x40 || p + 1 + n > this.#stop) break;
      this.#total += n + 1;
      if (this.#total > NAME_BYTES_MAX) break;
      this.start = p + 1;
      this.length = n;
      this.#at = p + 1 + n;
      return true;
    }
    this.broken = true;
    return false;
  }
}

/**
 * The name as text: labels joined by dots, `<Root>` for the root, as Wireshark writes it. So that {@link nameBytes}
 * gives the same bytes again, dots and backslashes within a label have a backslash in front, and bytes that are no
 * printable UTF-8 stand as a backslash and three decimal digits (RFC 1035 section 5.1).
 */
export function nameText(b: Uint8Array, at: number, end: number, message: number): string {
  let text = "";
  const cursor = new LabelCursor();
  cursor.begin(b, at, end, message);
  while (cursor.next()) {
    text += (text && ".") + labelText(b.subarray(cursor.start, cursor.start + cursor.length));
  }
  return text === "" ? "<Root>" : text;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ENCODER = new TextEncoder();

function labelText(label: Uint8Array): string {
  let plain = true;
  for (const c of label) if (c < 0x20 || c >= 0x7f || c === 0x2e || c === 0x5c) plain = false;
  if (plain) return String.fromCharCode(...label);
  let text = "";
  for (let i = 0; i < label.length;) {
    const c = label[i];
    // The longest valid sequence here is tried first; there are at most four lengths.
    const n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    let part: string | undefined;
    try {
      part = STRICT.decode(label.subarray(i, i + n));
    } catch {
      part = undefined;
    }
    if (part === undefined || c < 0x20 || c === 0x7f || (c === 0xc2 && label[i + 1] < 0xa0)) {
      text += `\\${String(c).padStart(3, "0")}`;
      i++;
    } else {
      text += (c === 0x2e || c === 0x5c ? "\\" : "") + part;
      i += n;
    }
  }
  return text;
}

/**
 * A name in text as labels on the wire, without compression. A backslash takes the meaning from the character behind
 * it, or makes a byte of three decimal digits (RFC 1035 section 5.1).
 *
 * @throws {RangeError} If a label or the name is too long.
 */
export function nameBytes(text: string): Uint8Array {
  const out: number[] = [];
  if (text !== "" && text !== "." && text !== "<Root>") {
    const b = ENCODER.encode(text);
    let label: number[] = [];
    const close = (): void => {
      if (label.length === 0 || label.length > 63) {
        throw new RangeError(
          `Cannot write name "${text}": a label has ${label.length} bytes, 1 to 63 are possible`,
        );
      }
      out.push(label.length, ...label);
      label = [];
    };
    for (let i = 0; i < b.length; i++) {
      if (b[i] === 0x2e) {
        close();
      } else if (b[i] === 0x5c && i + 1 < b.length) {
        const digits = String.fromCharCode(...b.subarray(i + 1, i + 4));
        if (/^[0-9]{3}$/.test(digits) && Number(digits) < 256) {
          label.push(Number(digits));
          i += 3;
        } else label.push(b[++i]);
      } else label.push(b[i]);
    }
    // One dot at the end is that of the root.
    if (label.length > 0 || out.length === 0) close();
  }
  out.push(0);
  if (out.length > NAME_BYTES_MAX) {
    throw new RangeError(
      `Cannot write name "${text}": it has ${out.length} bytes, ${NAME_BYTES_MAX} are possible`,
    );
  }
  return Uint8Array.from(out);
}
