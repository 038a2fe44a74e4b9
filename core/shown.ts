/**
 * How objects are shown by consoles and in JSON: as plain data, and never as the batch they look at.
 *
 * @module
 */

/** Bytes as hexadecimal text and 64-bit numbers as text, throughout: what JSON can hold. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) {
    return Array.from(value, (b) => b.toString(16).padStart(2, "0")).join("");
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  }
  return value;
}

/** A console's own way to show a value. */
type Inspect = (value: unknown, options?: unknown) => string;

/**
 * Makes consoles (of Deno, Node and Bun, by the symbol they agree on) show objects of this prototype as `title` and the
 * data they answer as JSON.
 */
export function shownAs<T extends { toJSON(): unknown }>(prototype: T, title: string): void {
  Object.defineProperty(prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value(this: T, _depth: unknown, options: unknown, inspect: Inspect): string {
      return `${title} ${inspect(this.toJSON(), options)}`;
    },
    configurable: true,
  });
}
