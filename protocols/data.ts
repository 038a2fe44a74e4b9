/**
 * What no protocol claims: bytes.
 *
 * @module
 */
import { bytes, computed } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";

/** Bytes that no protocol claims. */
export interface Data {
  /** The bytes. */
  readonly data: Uint8Array;
}

/** Payload without a dissector. */
export const data: Protocol<Data> = protocol<Data>({
  name: "data",
  title: "Data",
  label: "",
  layer: "application",
  fields: {
    data: bytes("data.data", "Data"),
    _length: computed("data.len", "Length", (items) => items.limit - items.start, {
      recipe: (r, id) => r.length(id),
    }),
  },
  header: "rest",
  summary(layer, out) {
    out.ascii("Data (");
    out.number(layer.reported - layer.start);
    out.ascii(" bytes)");
  },
});
