/** The Internet checksum, against sums made word by word. */
import { assertEquals } from "@std/assert";
import { fold, internetChecksum, sumWords } from "../../core/checksum.ts";

/** RFC 1071 section 1, as it is written there: 16-bit words, the carries added back at once. */
function reference(b: Uint8Array, start: number, end: number, sum: number): number {
  let s = sum % 0xffff;
  for (let i = start; i < end; i += 2) s = (s + b[i] * 256 + (i + 1 < end ? b[i + 1] : 0)) % 0xffff;
  return s;
}

/** A sum as ones' complement has it: 0xffff is zero, too. */
const value = (sum: number): number => fold(sum) % 0xffff;

const BYTES = Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + (i >> 3) * 31) & 0xff);

Deno.test("checksum: any place and length, among other bytes", () => {
  for (let start = 0; start < 9; start++) {
    for (let n = 0; n < 200; n++) {
      assertEquals(
        value(sumWords(BYTES, start, start + n, n * 7)),
        reference(BYTES, start, start + n, n * 7),
        `${start}, ${n}`,
      );
    }
  }
});

Deno.test("checksum: a part of a buffer, several buffers in turn, and the largest packets", () => {
  const part = BYTES.subarray(100, 900);
  for (const b of [part, BYTES, part]) {
    assertEquals(value(sumWords(b, 3, 701)), reference(b, 3, 701, 0));
  }
  for (const n of [(1 << 20) - 1, 1 << 20, 3 * (1 << 20) + 13]) {
    const large = new Uint8Array(n).fill(0xff);
    large[n >> 1] = 1;
    assertEquals(value(sumWords(large, 0, n)), reference(large, 0, n, 0), `${n}`);
  }
});

Deno.test("checksum: RFC 1071's example, and one that fills itself", () => {
  const b = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  assertEquals(fold(sumWords(b, 0, 8)), 0xddf2);
  assertEquals(internetChecksum(b), 0x220d);
});
