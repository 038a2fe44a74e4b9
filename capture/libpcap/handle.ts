/**
 * libpcap's own objects, safely: a handle (`pcap_t`) and a dumper (`pcap_dumper_t`). Nothing here can reach one that is
 * closed, pass a null pointer, or keep memory of libpcap's.
 *
 * For capturing, `live` is what most programs want: it waits without blocking. A handle is for what `live` does not do.
 *
 * @module
 */
import {
  DeviceDownError,
  DevicePermissionError,
  LibpcapError,
  NoSuchDeviceError,
  STATUS,
} from "./errors.ts";
import { compileOn, type CompileOptions, type FilterProgram, nativeProgram } from "./filter.ts";
import { type Library, type LibraryOptions, loadLibrary } from "./library.ts";
import { dltOf, linkTypeOf } from "./linktypes.ts";
import {
  cString,
  errorBuffer,
  errorText,
  pinned,
  PKTHDR,
  readBytes,
  readText,
  viewOf,
} from "./memory.ts";

/** Precision of time stamps. */
export type Precision = "microseconds" | "nanoseconds";

/** Which packets are captured: those coming in, those going out, or both. */
export type Direction = "in" | "out" | "inout";

/** What the system counted while capturing (pcap_stats(3PCAP)); what exactly differs by system. */
export interface HandleStats {
  /** Packets that passed the filter; on Linux those dropped for want of room included, on loopback each counted twice. */
  readonly received: number;
  /** Packets dropped because the buffer was full. */
  readonly dropped: number;
  /** Packets dropped by the interface or its driver. */
  readonly interfaceDropped: number;
}

/** A packet read from a handle; a copy. */
export interface HandlePacket {
  /** Whole seconds since 1970. */
  readonly seconds: number;
  /** Nanoseconds within the second. */
  readonly nanoseconds: number;
  /** Bytes on the wire. */
  readonly wireLength: number;
  /** The bytes captured. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A kind of time stamp a device can give. */
export interface TimestampType {
  /** Name, as `tcpdump -j` takes it: `host`, `adapter_unsynced` ... */
  readonly name: string;
  /** In words. */
  readonly description: string;
}

/** A link type a device can give. */
export interface LinkTypeInfo {
  /** LINKTYPE_ number. */
  readonly linkType: number;
  /** libpcap's name, as `tcpdump -y` takes it: `EN10MB` ... */
  readonly name: string;
  /** In words. */
  readonly description: string;
}

/** What a handle's address is good for, for the other files of this folder. */
export interface RawHandle {
  /** The library. */
  readonly library: Library;
  /** The `pcap_t *`; never 0. */
  readonly address: bigint;
}

/**
 * The raw address of an open handle. Not public.
 *
 * @throws {TypeError} If it is closed.
 */
export let rawHandle: (handle: PcapHandle) => RawHandle;
let rawDumper: (dumper: Dumper) => bigint;

/** A `pcap_t`. Close it, or let `using` do so. */
export class PcapHandle implements Disposable {
  readonly #library: Library;
  /** The `pcap_t *`; 0 when closed. */
  #address: bigint;
  /** What messages call it. */
  readonly #name: string;
  /** Memory that C reads as long as the handle is open. */
  #kept: Uint8Array | undefined;

  static {
    rawHandle = (handle) => ({ library: handle.#library, address: handle.#open() });
  }

  private constructor(library: Library, address: bigint, name: string) {
    this.#library = library;
    this.#address = address;
    this.#name = name;
  }

  /** A handle for live capture on a device, to be set up and then activated (`pcap_create`). */
  static create(device: string, options: LibraryOptions = {}): PcapHandle {
    const library = loadLibrary(options), buffer = errorBuffer();
    const address = library.pcap.pcap_create(cString(device), buffer);
    return PcapHandle.#opened(library, address, device, "pcap_create", buffer);
  }

  /** A handle that captures at once, in the old way (`pcap_open_live`). */
  static openLive(
    device: string,
    options: LibraryOptions & {
      /** Bytes kept of each packet at most; 262,144 if absent. */
      readonly snapLength?: number;
      /** Whether packets to others are captured too; not if absent. */
      readonly promiscuous?: boolean;
      /** Milliseconds a packet may wait for others before it is delivered; 100 if absent. */
      readonly timeoutMs?: number;
    } = {},
  ): PcapHandle {
    const { snapLength = 262_144, promiscuous = false, timeoutMs = 100 } = options;
    const library = loadLibrary(options), buffer = errorBuffer();
    const address = library.pcap.pcap_open_live(
      cString(device),
      snapLength,
      promiscuous ? 1 : 0,
      timeoutMs,
      buffer,
    );
    return PcapHandle.#opened(library, address, device, "pcap_open_live", buffer);
  }

  /**
   * A handle without device, for compiling filters and writing savefiles (`pcap_open_dead`,
   * `pcap_open_dead_with_tstamp_precision`).
   */
  static openDead(
    linkType: number,
    options: LibraryOptions & {
      /** Bytes kept of each packet at most; 262,144 if absent. */
      readonly snapLength?: number;
      /** Precision of its time stamps; microseconds if absent. */
      readonly precision?: Precision;
    } = {},
  ): PcapHandle {
    const { snapLength = 262_144, precision = "microseconds" } = options;
    const library = loadLibrary(options), { pcap } = library;
    const address = precision === "microseconds"
      ? pcap.pcap_open_dead(dltOf(linkType), snapLength)
      : since(pcap.pcap_open_dead_with_tstamp_precision, "1.5")(dltOf(linkType), snapLength, 1);
    return PcapHandle.#opened(library, address, "no device", "pcap_open_dead", undefined);
  }

  /**
   * A handle that reads a savefile by libpcap (`pcap_open_offline`, `pcap_open_offline_with_tstamp_precision`); our own
   * reader is faster and reads more formats.
   */
  static openOffline(
    path: string,
    options: LibraryOptions & {
      /** Precision of the time stamps it gives; microseconds if absent. */
      readonly precision?: Precision;
    } = {},
  ): PcapHandle {
    const library = loadLibrary(options), { pcap } = library, buffer = errorBuffer();
    const address = (options.precision ?? "microseconds") === "microseconds"
      ? pcap.pcap_open_offline(cString(path), buffer)
      : since(pcap.pcap_open_offline_with_tstamp_precision, "1.5")(cString(path), 1, buffer);
    return PcapHandle.#opened(library, address, path, "pcap_open_offline", buffer);
  }

  /**
   * A handle that reads a savefile in memory by libpcap (`pcap_fopen_offline`,
   * `pcap_fopen_offline_with_tstamp_precision`); not on Windows.
   */
  static openBytes(
    bytes: Uint8Array,
    options: LibraryOptions & {
      /** Precision of the time stamps it gives; microseconds if absent. */
      readonly precision?: Precision;
    } = {},
  ): PcapHandle {
    const library = loadLibrary(options), { pcap, libc } = library, buffer = errorBuffer();
    // One byte more: fmemopen refuses an empty buffer, and must not see more than there is.
    const copy = pinned(bytes.length + 1);
    copy.set(bytes);
    const file = since(libc.fmemopen, "POSIX")(copy, BigInt(bytes.length || 1), cString("rb"));
    if (file === 0n) throw new LibpcapError("fmemopen", STATUS.ERROR, "no memory for a stream");
    const address = (options.precision ?? "microseconds") === "microseconds"
      ? since(pcap.pcap_fopen_offline, "POSIX")(file, buffer)
      : since(pcap.pcap_fopen_offline_with_tstamp_precision, "1.5")(file, 1, buffer);
    if (address === 0n) libc.fclose(file);
    const handle = PcapHandle.#opened(library, address, "bytes", "pcap_fopen_offline", buffer);
    handle.#kept = copy;
    return handle;
  }

  static #opened(
    library: Library,
    address: bigint,
    name: string,
    call: string,
    buffer: Uint8Array | undefined,
  ): PcapHandle {
    if (address === 0n) {
      const reason = buffer === undefined ? "out of memory" : errorText(buffer);
      throw makeError(call, STATUS.ERROR, reason, name);
    }
    return new PcapHandle(library, address, name);
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#address === 0n;
  }

  #open(): bigint {
    if (this.#address === 0n) {
      throw new TypeError(`Cannot use the handle of "${this.#name}": it is closed`);
    }
    return this.#address;
  }

  /** Throws what a call's negative answer means. */
  #check(call: string, code: number): number {
    if (code >= 0) return code;
    throw this.#failure(call, code);
  }

  #failure(call: string, code: number): LibpcapError {
    return makeError(call, code, this.#reason(code), this.#name);
  }

  #reason(code: number): string {
    const { pcap } = this.#library;
    const text = readText(this.#library, pcap.pcap_geterr(this.#open()));
    if (code === STATUS.ERROR) return text;
    const status = readText(this.#library, pcap.pcap_statustostr(code));
    // Not every status leaves a text; some leave the very same one, or that of an earlier call.
    return text === "" || text === status ? status : `${status} (${text})`;
  }

  /** Bytes kept of each packet at most; before activation (`pcap_set_snaplen`). */
  setSnapLength(bytes: number): void {
    this.#check("pcap_set_snaplen", this.#library.pcap.pcap_set_snaplen(this.#open(), bytes));
  }

  /** Whether packets to others are captured too; before activation (`pcap_set_promisc`). */
  setPromiscuous(on: boolean): void {
    this.#check("pcap_set_promisc", this.#library.pcap.pcap_set_promisc(this.#open(), on ? 1 : 0));
  }

  /** Whether monitor mode is possible; before activation (`pcap_can_set_rfmon`). */
  canSetMonitorMode(): boolean {
    const { pcap } = this.#library;
    return this.#check("pcap_can_set_rfmon", pcap.pcap_can_set_rfmon(this.#open())) === 1;
  }

  /** Monitor mode of a Wi-Fi interface; before activation (`pcap_set_rfmon`). */
  setMonitorMode(on: boolean): void {
    this.#check("pcap_set_rfmon", this.#library.pcap.pcap_set_rfmon(this.#open(), on ? 1 : 0));
  }

  /** Milliseconds a packet may wait for others before it is delivered; before activation (`pcap_set_timeout`). */
  setTimeout(milliseconds: number): void {
    this.#check(
      "pcap_set_timeout",
      this.#library.pcap.pcap_set_timeout(this.#open(), milliseconds),
    );
  }

  /** Bytes of the kernel's buffer; before activation (`pcap_set_buffer_size`). */
  setBufferSize(bytes: number): void {
    const { pcap } = this.#library;
    this.#check("pcap_set_buffer_size", pcap.pcap_set_buffer_size(this.#open(), bytes));
  }

  /**
   * Kind of time stamp, by name; before activation (`pcap_set_tstamp_type`, `pcap_tstamp_type_name_to_val`). Answers
   * whether the device has it: if not, it goes on with its usual kind.
   */
  setTimestampType(name: string): boolean {
    const { pcap } = this.#library;
    const type = since(pcap.pcap_tstamp_type_name_to_val, "1.2")(cString(name));
    if (type < 0) throw new RangeError(`Cannot set time stamps to "${name}": no such type`);
    const code = since(pcap.pcap_set_tstamp_type, "1.2")(this.#open(), type);
    return this.#check("pcap_set_tstamp_type", code) !== STATUS.WARNING_TSTAMP_TYPE_NOTSUP;
  }

  /**
   * Whether packets are delivered as they come, rather than many at once; before activation
   * (`pcap_set_immediate_mode`).
   */
  setImmediateMode(on: boolean): void {
    const set = since(this.#library.pcap.pcap_set_immediate_mode, "1.5");
    this.#check("pcap_set_immediate_mode", set(this.#open(), on ? 1 : 0));
  }

  /** Precision of time stamps; before activation (`pcap_set_tstamp_precision`). */
  setPrecision(precision: Precision): void {
    const set = since(this.#library.pcap.pcap_set_tstamp_precision, "1.5");
    const code = set(this.#open(), precision === "nanoseconds" ? 1 : 0);
    this.#check("pcap_set_tstamp_precision", code);
  }

  /** Precision of time stamps (`pcap_get_tstamp_precision`). */
  get precision(): Precision {
    const address = this.#open();
    return this.#library.pcap.pcap_get_tstamp_precision?.(address) === 1
      ? "nanoseconds"
      : "microseconds";
  }

  /** Only packets of this EtherType; Linux, before activation (`pcap_set_protocol_linux`). */
  setProtocol(etherType: number): void {
    const set = since(this.#library.pcap.pcap_set_protocol_linux, "1.9 on Linux");
    this.#check("pcap_set_protocol_linux", set(this.#open(), etherType));
  }

  /**
   * Begins to capture (`pcap_activate`). Answers libpcap's warning, if it has one: for example that there is no
   * promiscuous mode.
   *
   * @throws {DevicePermissionError} If the operating system does not allow it; the message says what to do.
   * @throws {NoSuchDeviceError} If there is no such device.
   * @throws {DeviceDownError} If it is down.
   */
  activate(): string | undefined {
    const code = this.#library.pcap.pcap_activate(this.#open());
    if (code < 0) throw this.#failure("pcap_activate", code);
    return code > 0 ? this.#reason(code) : undefined;
  }

  /**
   * The next packet (`pcap_next_ex`); `undefined` where none came in time, or at the end of a savefile. On a device
   * this waits, and nothing else of the program runs meanwhile: set `nonBlocking`, or use `live`.
   */
  next(): HandlePacket | undefined {
    const header = new BigUint64Array(1), data = new BigUint64Array(1);
    const code = this.#library.pcap.pcap_next_ex(this.#open(), header, data);
    if (code === 0 || code === STATUS.ERROR_BREAK) return undefined;
    this.#check("pcap_next_ex", code);
    const view = viewOf(readBytes(this.#library, header[0], PKTHDR.bytes));
    const fraction = view.getUint32(PKTHDR.fraction, true);
    return {
      seconds: view.getUint32(PKTHDR.seconds, true),
      nanoseconds: this.precision === "nanoseconds" ? fraction : fraction * 1000,
      wireLength: view.getUint32(PKTHDR.wire, true),
      data: readBytes(this.#library, data[0], view.getUint32(PKTHDR.captured, true)),
    };
  }

  /**
   * Writes what is at hand, up to so many packets, to a dumper (`pcap_dispatch`). Answers how many. Waits as `next`
   * does.
   */
  dispatch(count: number, to: Dumper): number {
    const { pcap } = this.#library;
    const code = pcap.pcap_dispatch(this.#open(), count, pcap.pcap_dump_address, rawDumper(to));
    return code === STATUS.ERROR_BREAK ? 0 : this.#check("pcap_dispatch", code);
  }

  /**
   * Writes so many packets to a dumper, or with -1 all until the end of a savefile (`pcap_loop`). On a device this
   * waits until they came, and nothing else of the program runs meanwhile.
   */
  loop(count: number, to: Dumper): void {
    const { pcap } = this.#library;
    const code = pcap.pcap_loop(this.#open(), count, pcap.pcap_dump_address, rawDumper(to));
    if (code !== STATUS.ERROR_BREAK) this.#check("pcap_loop", code);
  }

  /** Makes the call in progress, or the next one, end (`pcap_breakloop`). */
  breakLoop(): void {
    this.#library.pcap.pcap_breakloop(this.#open());
  }

  /** Whether reading waits for packets (`pcap_getnonblock`, `pcap_setnonblock`). */
  get nonBlocking(): boolean {
    const buffer = errorBuffer();
    const code = this.#library.pcap.pcap_getnonblock(this.#open(), buffer);
    if (code < 0) throw makeError("pcap_getnonblock", code, errorText(buffer), this.#name);
    return code === 1;
  }

  set nonBlocking(on: boolean) {
    const buffer = errorBuffer();
    const code = this.#library.pcap.pcap_setnonblock(this.#open(), on ? 1 : 0, buffer);
    if (code < 0) throw makeError("pcap_setnonblock", code, errorText(buffer), this.#name);
  }

  /** File descriptor to wait on (`pcap_get_selectable_fd`); -1 if there is none. */
  get selectableFd(): number {
    return this.#library.pcap.pcap_get_selectable_fd?.(this.#open()) ?? -1;
  }

  /** Milliseconds after which to look for packets even if waiting found none (`pcap_get_required_select_timeout`). */
  get requiredTimeoutMs(): number | undefined {
    const address = this.#library.pcap.pcap_get_required_select_timeout?.(this.#open()) ?? 0n;
    if (address === 0n) return undefined;
    const view = viewOf(readBytes(this.#library, address, 16));
    return view.getUint32(0, true) * 1000 + view.getUint32(8, true) / 1000;
  }

  /** What the system counted (`pcap_stats`); of live handles only. */
  stats(): HandleStats {
    // Windows writes three numbers more.
    const buffer = new Uint8Array(32), view = viewOf(buffer);
    this.#check("pcap_stats", this.#library.pcap.pcap_stats(this.#open(), buffer));
    return {
      received: view.getUint32(0, true),
      dropped: view.getUint32(4, true),
      interfaceDropped: view.getUint32(8, true),
    };
  }

  /** Bytes kept of each packet at most (`pcap_snapshot`). */
  get snapLength(): number {
    return this.#check("pcap_snapshot", this.#library.pcap.pcap_snapshot(this.#open()));
  }

  /** Whether a savefile is of the other byte order (`pcap_is_swapped`). */
  get isSwapped(): boolean {
    return this.#check("pcap_is_swapped", this.#library.pcap.pcap_is_swapped(this.#open())) === 1;
  }

  /** Version of a savefile's format (`pcap_major_version`, `pcap_minor_version`). */
  get version(): readonly [major: number, minor: number] {
    const { pcap } = this.#library;
    const major = this.#check("pcap_major_version", pcap.pcap_major_version(this.#open()));
    return [major, this.#check("pcap_minor_version", pcap.pcap_minor_version(this.#open()))];
  }

  /** Bytes of the buffer (`pcap_bufsize`). */
  get bufferSize(): number {
    const size = since(this.#library.pcap.pcap_bufsize, "1.9");
    return this.#check("pcap_bufsize", size(this.#open()));
  }

  /** File descriptor it reads from (`pcap_fileno`); -1 if there is none. */
  get fileDescriptor(): number {
    return this.#library.pcap.pcap_fileno(this.#open());
  }

  /** Whether it reads a savefile (`pcap_file`). */
  get isSavefile(): boolean {
    return this.#library.pcap.pcap_file(this.#open()) !== 0n;
  }

  /** LINKTYPE_ number of its packets (`pcap_datalink`). */
  get linkType(): number {
    const { pcap } = this.#library;
    return linkTypeOf(this.#check("pcap_datalink", pcap.pcap_datalink(this.#open())));
  }

  /** The link types to choose from, with names (`pcap_list_datalinks`, `pcap_datalink_val_to_description`). */
  linkTypes(): LinkTypeInfo[] {
    const { pcap, libc } = this.#library, out = new BigUint64Array(1);
    const count = this.#check("pcap_list_datalinks", pcap.pcap_list_datalinks(this.#open(), out));
    const list = viewOf(readBytes(this.#library, out[0], count * 4));
    (pcap.pcap_free_datalinks ?? libc.free)(out[0]);
    return Array.from({ length: count }, (_, i) => {
      const dlt = list.getInt32(4 * i, true);
      return {
        linkType: linkTypeOf(dlt),
        name: readText(this.#library, pcap.pcap_datalink_val_to_name(dlt)) || String(dlt),
        description: readText(this.#library, pcap.pcap_datalink_val_to_description(dlt)),
      };
    });
  }

  /** Chooses a link type (`pcap_set_datalink`). */
  setLinkType(linkType: number): void {
    const { pcap } = this.#library;
    this.#check("pcap_set_datalink", pcap.pcap_set_datalink(this.#open(), dltOf(linkType)));
  }

  /**
   * The kinds of time stamp to choose from (`pcap_list_tstamp_types`, `pcap_tstamp_type_val_to_name`,
   * `pcap_tstamp_type_val_to_description`); none if only the usual one is there.
   */
  timestampTypes(): TimestampType[] {
    const { pcap } = this.#library, out = new BigUint64Array(1);
    if (pcap.pcap_list_tstamp_types === null) return [];
    const code = pcap.pcap_list_tstamp_types(this.#open(), out);
    const count = this.#check("pcap_list_tstamp_types", code);
    if (out[0] === 0n) return [];
    const list = viewOf(readBytes(this.#library, out[0], count * 4));
    pcap.pcap_free_tstamp_types?.(out[0]);
    const text = (from: ((n: number) => bigint) | null, n: number): string =>
      readText(this.#library, from?.(n) ?? 0n);
    return Array.from({ length: count }, (_, i) => {
      const type = list.getInt32(4 * i, true);
      return {
        name: text(pcap.pcap_tstamp_type_val_to_name, type) || String(type),
        description: text(pcap.pcap_tstamp_type_val_to_description, type),
      };
    });
  }

  /**
   * Sets the filter, which may be changed at any time (`pcap_setfilter`): an expression, or a program made for this
   * handle's link type. A program that the kernel refuses is run by libpcap.
   *
   * @throws {FilterSyntaxError} If libpcap does not understand the expression.
   */
  setFilter(
    filter: string | Pick<FilterProgram, "instructions">,
    options: Pick<CompileOptions, "optimize" | "netmask"> = {},
  ): void {
    const { pcap } = this.#library, address = this.#open();
    const set = (program: Uint8Array<ArrayBuffer>): void => {
      this.#check("pcap_setfilter", pcap.pcap_setfilter(address, program));
    };
    if (typeof filter === "string") {
      compileOn(this.#library, address, filter, options, (_, program) => set(program));
    } else {
      const native = nativeProgram(this.#library, filter.instructions);
      set(native.program);
      // Named after the call, so that the instructions live as long as it runs.
      native.instructions.fill(0);
    }
  }

  /** Which packets are captured; after activation (`pcap_setdirection`). */
  setDirection(direction: Direction): void {
    const { pcap } = this.#library, number = { inout: 0, in: 1, out: 2 }[direction];
    this.#check("pcap_setdirection", pcap.pcap_setdirection(this.#open(), number));
  }

  /** Sends a frame, link-layer header included; answers how many bytes were sent (`pcap_inject`). */
  inject(frame: Uint8Array): number {
    const inject = since(this.#library.pcap.pcap_inject, "0.9");
    const bytes = frame as Uint8Array<ArrayBuffer>;
    return this.#check("pcap_inject", inject(this.#open(), bytes, BigInt(frame.length)));
  }

  /** Sends a frame, link-layer header included (`pcap_sendpacket`). */
  sendPacket(frame: Uint8Array): void {
    const { pcap } = this.#library, bytes = frame as Uint8Array<ArrayBuffer>;
    this.#check("pcap_sendpacket", pcap.pcap_sendpacket(this.#open(), bytes, frame.length));
  }

  /** Closes it (`pcap_close`); a second time does nothing. */
  close(): void {
    const address = this.#address;
    if (address === 0n) return;
    this.#address = 0n;
    this.#library.pcap.pcap_close(address);
    this.#kept = undefined;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A `pcap_dumper_t`: a savefile being written by libpcap. Our own writers are faster and write more formats. */
export class Dumper implements Disposable {
  readonly #library: Library;
  readonly #nanoseconds: boolean;
  readonly #header: Uint8Array<ArrayBuffer> = new Uint8Array(PKTHDR.bytes);
  /** The `pcap_dumper_t *`; 0 when closed. */
  #address: bigint;

  static {
    rawDumper = (dumper) => dumper.#open();
  }

  private constructor(library: Library, address: bigint, nanoseconds: boolean) {
    this.#library = library;
    this.#address = address;
    this.#nanoseconds = nanoseconds;
  }

  /** Creates a savefile for a handle's packets (`pcap_dump_open`), or adds to one (`pcap_dump_open_append`). */
  static open(
    handle: PcapHandle,
    path: string,
    options: {
      /** Add to a file of the same kind, if there is one. */
      readonly append?: boolean;
    } = {},
  ): Dumper {
    const { library, address } = rawHandle(handle), { pcap } = library;
    const open = options.append === true
      ? since(pcap.pcap_dump_open_append, "1.7")
      : pcap.pcap_dump_open;
    const dumper = open(address, cString(path));
    if (dumper === 0n) {
      const reason = readText(library, pcap.pcap_geterr(address));
      throw new LibpcapError("pcap_dump_open", STATUS.ERROR, reason, {
        what: `Cannot write "${path}"`,
      });
    }
    return new Dumper(library, dumper, handle.precision === "nanoseconds");
  }

  #open(): bigint {
    if (this.#address === 0n) throw new TypeError("Cannot use the dumper: it is closed");
    return this.#address;
  }

  /** Writes a packet (`pcap_dump`). */
  write(packet: Omit<HandlePacket, "data"> & { readonly data: Uint8Array }): void {
    const view = viewOf(this.#header), { seconds, nanoseconds, wireLength, data } = packet;
    view.setUint32(PKTHDR.seconds, seconds, true);
    const fraction = this.#nanoseconds ? nanoseconds : Math.floor(nanoseconds / 1000);
    view.setUint32(PKTHDR.fraction, fraction, true);
    view.setUint32(PKTHDR.captured, data.length, true);
    view.setUint32(PKTHDR.wire, wireLength, true);
    const bytes = data as Uint8Array<ArrayBuffer>;
    this.#library.pcap.pcap_dump(this.#open(), this.#header, bytes);
  }

  /** Hands what was written to the system (`pcap_dump_flush`). */
  flush(): void {
    if (this.#library.pcap.pcap_dump_flush(this.#open()) < 0) {
      throw new LibpcapError("pcap_dump_flush", STATUS.ERROR, "the file cannot be written");
    }
  }

  /** Bytes written so far (`pcap_dump_ftell64`, `pcap_dump_ftell`). */
  get position(): number {
    const { pcap } = this.#library;
    return Number((pcap.pcap_dump_ftell64 ?? pcap.pcap_dump_ftell)(this.#open()));
  }

  /** Closes the file (`pcap_dump_close`); a second time does nothing. */
  close(): void {
    const address = this.#address;
    if (address === 0n) return;
    this.#address = 0n;
    this.#library.pcap.pcap_dump_close(address);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.close();
  }
}

/** A function that this libpcap may lack. */
function since<F>(f: F | null, version: string): F {
  if (f !== null) return f;
  throw new LibpcapError("dlsym", STATUS.ERROR, `this libpcap has it not (it needs ${version})`);
}

/** The error for a status of libpcap, with what to do about it. */
export function makeError(
  call: string,
  code: number,
  reason: string,
  name: string,
  to: "capture" | "send" = "capture",
): LibpcapError {
  const verb = to === "send" ? "send on" : VERBS[call] ?? `do ${call} on`;
  const what = `Cannot ${verb} "${name}"`;
  switch (code) {
    case STATUS.ERROR_NO_SUCH_DEVICE:
      return new NoSuchDeviceError(call, code, reason, {
        what,
        advice: "The devices there are: pcapkit devices",
      });
    case STATUS.ERROR_PERM_DENIED:
    case STATUS.ERROR_PROMISC_PERM_DENIED:
      return new DevicePermissionError(call, code, reason, { what, advice: privilegeAdvice(to) });
    case STATUS.ERROR_IFACE_NOT_UP:
      return new DeviceDownError(call, code, reason, { what });
  }
  // What libpcap has no code for, by its text: a device that went away, or went down, while it was used.
  if (/disappeared|went down|network is down/i.test(reason)) {
    return new DeviceDownError(call, code, reason, { what });
  }
  if (call === "pcap_open_live") {
    if (/permission|not permitted/i.test(reason)) {
      return new DevicePermissionError(call, code, reason, { what, advice: privilegeAdvice() });
    }
    if (/no such device/i.test(reason)) return new NoSuchDeviceError(call, code, reason, { what });
  }
  return new LibpcapError(call, code, reason, { what });
}

const VERBS: Readonly<Record<string, string>> = {
  "pcap_activate": "capture on",
  "pcap_open_live": "capture on",
  "pcap_create": "capture on",
  "pcap_open_offline": "read",
  "pcap_fopen_offline": "read",
  "pcap_next_ex": "read from",
  "pcap_dispatch": "read from",
  "pcap_loop": "read from",
  "pcap_inject": "send on",
  "pcap_sendpacket": "send on",
  "pcap_stats": "count packets on",
  "pcap_setfilter": "set the filter of",
  "pcap_set_datalink": "set the link type of",
};

/** What gives a process the right to capture, or to send, by system. */
function privilegeAdvice(to: "capture" | "send" = "capture"): string {
  switch (Deno.build.os) {
    case "linux":
      return "Run it as root (sudo), or give the right to a copy of deno kept for this:\n" +
        "  sudo setcap cap_net_raw,cap_net_admin=ep COPY_OF_DENO" +
        (to === "send" ? "" : "\nor let dumpcap, if it has the right, capture: " +
          '--through dumpcap, or { through: "dumpcap" }.');
    case "windows":
      return "Run it as administrator, or install Npcap without restricting it to administrators.";
    default:
      return "Run it as root (sudo), or allow your user to read /dev/bpf* (Wireshark's ChmodBPF).";
  }
}
