/**
 * Addresses between bytes and text: MAC (IEEE 802), IPv4 (dotted), IPv6 (RFC 5952, with the dotted tail that
 * Wireshark writes for mapped and compatible addresses).
 *
 * @module
 */

/** Two hexadecimal digits for each byte value. */
export const HEX: readonly string[] = Array.from(
  { length: 256 },
  (_, i) => i.toString(16).padStart(2, "0"),
);

/** The MAC address (or EUI-64) in `length` bytes at `o`, as `00:11:22:33:44:55`. */
export function macText(b: Uint8Array, o: number, length = 6): string {
  let text = "";
  for (let i = 0; i < length; i++) text += (i ? ":" : "") + HEX[b[o + i]];
  return text;
}

/** The IPv4 address in 4 bytes at `o`. */
export function ipv4Text(b: Uint8Array, o: number): string {
  return `${b[o]}.${b[o + 1]}.${b[o + 2]}.${b[o + 3]}`;
}

/**
 * Finds what RFC 5952 shortens: the first longest run of two or more zero groups among the 8 (or 6) groups at `o`.
 * Answers `start * 16 + length`, or 0 if nothing is shortened.
 */
export function ipv6Zeros(b: Uint8Array, o: number, groups: number): number {
  let best = 0, bestLength = 1, run = 0;
  for (let i = 0; i < groups; i++) {
    if (b[o + i * 2] === 0 && b[o + i * 2 + 1] === 0) {
      run++;
      if (run > bestLength) {
        bestLength = run;
        best = (i - run + 1) * 16 + run;
      }
    } else run = 0;
  }
  return best;
}

/** Whether the address at `o` is shown with a dotted tail: `::ffff:a.b.c.d` (RFC 4291 section 2.5.5). */
export function ipv6Dotted(b: Uint8Array, o: number): boolean {
  for (let i = 0; i < 10; i++) if (b[o + i] !== 0) return false;
  return (b[o + 10] === 0xff && b[o + 11] === 0xff) ||
    (b[o + 10] === 0 && b[o + 11] === 0 && (b[o + 12] !== 0 || b[o + 13] !== 0));
}

/** The IPv6 address in 16 bytes at `o`. */
export function ipv6Text(b: Uint8Array, o: number): string {
  const dotted = ipv6Dotted(b, o), groups = dotted ? 6 : 8;
  const zeros = ipv6Zeros(b, o, groups), zeroAt = zeros >> 4, zeroLength = zeros & 15;
  let text = "";
  for (let i = 0; i < groups; i++) {
    if (zeroLength > 0 && i === zeroAt) {
      text += "::";
      i += zeroLength - 1;
    } else {
      if (text !== "" && !text.endsWith(":")) text += ":";
      text += ((b[o + i * 2] << 8) | b[o + i * 2 + 1]).toString(16);
    }
  }
  if (!dotted) return text;
  return text + (text.endsWith(":") ? "" : ":") + ipv4Text(b, o + 12);
}

/** Reads a MAC address or EUI-64 (`:`, `-` or nothing between bytes) into `length` bytes at `o`. */
export function writeMac(b: Uint8Array, o: number, text: string, length = 6): void {
  const hex = text.replace(/[:.-]/g, "");
  if (hex.length !== length * 2 || !/^[0-9a-fA-F]*$/.test(hex)) {
    throw new TypeError(
      `Cannot read MAC address "${text}": expected ${length} bytes in hexadecimal`,
    );
  }
  for (let i = 0; i < length; i++) b[o + i] = parseInt(hex.slice(i * 2, i * 2 + 2), 16);
}

/** Reads a dotted IPv4 address into 4 bytes at `o`. */
export function writeIpv4(b: Uint8Array, o: number, text: string): void {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((p) => !/^\d{1,3}$/.test(p) || Number(p) > 255)) {
    throw new TypeError(`Cannot read IPv4 address "${text}": expected four numbers of 0 to 255`);
  }
  for (let i = 0; i < 4; i++) b[o + i] = Number(parts[i]);
}

/** Reads an IPv6 address in any form of RFC 4291 section 2.2 into 16 bytes at `o`. */
export function writeIpv6(b: Uint8Array, o: number, text: string): void {
  const fail = () => new TypeError(`Cannot read IPv6 address "${text}"`);
  let body = text.split("%")[0];
  const dot = body.lastIndexOf(":");
  if (body.includes(".")) {
    const v4 = new Uint8Array(4);
    writeIpv4(v4, 0, body.slice(dot + 1));
    body = body.slice(0, dot + 1) + ((v4[0] << 8) | v4[1]).toString(16) + ":" +
      ((v4[2] << 8) | v4[3]).toString(16);
  }
  const halves = body.split("::");
  if (halves.length > 2) throw fail();
  const groups = (s: string): number[] =>
    s === "" ? [] : s.split(":").map((g) => {
      if (!/^[0-9a-fA-F]{1,4}$/.test(g)) throw fail();
      return parseInt(g, 16);
    });
  const head = groups(halves[0]);
  const tail = halves.length === 2 ? groups(halves[1]) : [];
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) throw fail();
  const all = [...head, ...new Array<number>(missing).fill(0), ...tail];
  for (let i = 0; i < 8; i++) {
    b[o + i * 2] = all[i] >> 8;
    b[o + i * 2 + 1] = all[i] & 0xff;
  }
}
