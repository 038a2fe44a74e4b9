/**
 * PPP over Ethernet: discovery (RFC 2516 section 5).
 *
 * @module
 */
import type { Walker } from "../core/catalogue.ts";
import { bytes, custom, type Field, text } from "../core/field.ts";
import { type Protocol, protocol } from "../core/protocol.ts";
import { type Pppoe, pppoeHeader, pppoeSummary } from "./pppoes.ts";

/** A discovery message. */
export interface Pppoed extends Pppoe {
  /** Tags, as they are. */
  readonly tags: Uint8Array;
}

const HEADER = 6, TAG = 4, PADI = 9;

function tagList(): Field<unknown> {
  const all = bytes("", "PPPoE Tags");
  const serviceName = text("pppoed.tags.service_name", "Service-Name");
  const acName = text("pppoed.tags.ac_name", "AC-Name");
  const hostUniq = bytes("pppoed.tags.host_uniq", "Host-Uniq");
  const cookie = bytes("pppoed.tags.ac_cookie", "AC-Cookie");
  const relay = bytes("pppoed.tags.relay_session_id", "Relay-Session-Id");
  const serviceError = text("pppoed.tags.service_name_error", "Service-Name-Error");
  const systemError = text("pppoed.tags.ac_system_error", "AC-System-Error");
  const genericError = text("pppoed.tags.generic_error", "Generic-Error");
  return custom({
    fields: {
      tags: all,
      _serviceName: serviceName,
      _acName: acName,
      _hostUniq: hostUniq,
      _cookie: cookie,
      _relay: relay,
      _serviceError: serviceError,
      _systemError: systemError,
      _genericError: genericError,
    },
    emit(items) {
      const b = items.bytes, end = items.end;
      if (items.at >= end) return;
      items.add(all.id, items.at, end - items.at, 0);
      items.depth++;
      for (let at = items.at; at + TAG <= end;) {
        const type = (b[at] << 8) | b[at + 1], length = (b[at + 2] << 8) | b[at + 3];
        const data = at + TAG;
        if (type === 0) break;
        if (data + length > end) {
          items.malformed = true;
          break;
        }
        let field: Field<unknown> | undefined;
        switch (type) {
          case 0x0101:
            field = serviceName;
            break;
          case 0x0102:
            field = acName;
            break;
          case 0x0103:
            field = hostUniq;
            break;
          case 0x0104:
            field = cookie;
            break;
          case 0x0110:
            field = relay;
            break;
          case 0x0201:
            field = serviceError;
            break;
          case 0x0202:
            field = systemError;
            break;
          case 0x0203:
            field = genericError;
            break;
        }
        // Tags without a field of their own are in the bytes of all.
        if (field && length > 0) items.add(field.id, data, length, 0);
        at = data + length;
      }
      items.depth--;
      items.at = end;
    },
    write(writer, _value, object) {
      if (object.tags instanceof Uint8Array) writer.put(object.tags);
    },
  });
}

/** PPP over Ethernet: discovery. */
export const pppoed: Protocol<Pppoed> = protocol<Pppoed>({
  name: "pppoed",
  title: "PPP-over-Ethernet Discovery",
  label: "PPPoE_Discovery",
  layer: "link",
  parents: { ethertype: [0x8863] },
  fields: { ...pppoeHeader(PADI), _tags: tagList() },
  walk(w: Walker): void {
    const b = w.bytes, s = w.start;
    const end = s + HEADER + ((b[s + 4] << 8) | b[s + 5]);
    w.close(end);
    w.end = end;
    w.next = -2;
  },
  summary: pppoeSummary,
});
