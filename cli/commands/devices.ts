/**
 * The devices packets can be captured on.
 *
 * @module
 */
import {
  type Device,
  type DeviceDetails,
  inspectDevice,
  LibpcapError,
  listDevices,
  NoSuchDeviceError,
} from "../../capture/libpcap/mod.ts";
import type { Args } from "../flags.ts";
import { writeOut } from "../io.ts";

/** Lists devices. */
export async function devicesCommand(args: Args): Promise<number> {
  const library = args.one("library");
  const options = library === undefined ? {} : { library };
  const all = listDevices(options);
  const wanted = args.operands.length === 0 ? all : args.operands.map((name) => find(all, name));
  const devices = wanted.map((device) => ({ ...device, ...look(device.name, options) }));
  if (args.has("json")) {
    await writeOut(devices.map((device) => JSON.stringify(device) + "\n").join(""));
  } else await writeOut(devices.map(describe).join(""));
  return 0;
}

function find(all: readonly Device[], name: string): Device {
  const found = all.find((device) => device.name === name);
  if (found !== undefined) return found;
  throw new NoSuchDeviceError("pcap_findalldevs", -5, "there is no such device", {
    what: `Cannot show "${name}"`,
    advice: `There are: ${all.map((device) => device.name).join(", ")}`,
  });
}

/** What opening a device tells; a device that goes away meanwhile tells nothing. */
function look(name: string, options: { readonly library?: string }): DeviceDetails {
  try {
    return inspectDevice(name, options);
  } catch (error) {
    if (!(error instanceof LibpcapError)) throw error;
    return { reason: error.reason, timestampTypes: [], monitorMode: false };
  }
}

/** A device in a few lines of text. */
function describe(device: Device & DeviceDetails): string {
  const state = [
    device.up ? "up" : "down",
    device.running ? "running" : "",
    device.loopback ? "loopback" : "",
    device.wireless ? "wireless" : "",
    device.connection === "connected" || device.connection === "disconnected"
      ? device.connection
      : "",
    device.monitorMode ? "monitor mode" : "",
  ].filter((word) => word !== "").join(", ");
  let text = `${device.name}: ${state}\n`;
  const line = (title: string, value: string): void => {
    text += `    ${title.padEnd(12)}${value}\n`;
  };
  if (device.description !== undefined) line("description", device.description);
  for (const a of device.addresses) {
    line(
      a.family,
      a.address + (a.netmask === undefined ? "" : ` netmask ${a.netmask}`) +
        (a.broadcast === undefined ? "" : ` broadcast ${a.broadcast}`) +
        (a.destination === undefined ? "" : ` peer ${a.destination}`),
    );
  }
  for (const l of device.linkTypes ?? []) {
    line("link type", `${l.name} (${l.linkType}): ${l.description}`);
  }
  if (device.reason !== undefined) line("link type", `not known: ${device.reason}`);
  for (const t of device.timestampTypes) line("time stamps", `${t.name}: ${t.description}`);
  return text;
}
