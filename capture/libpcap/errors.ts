/**
 * What libpcap refuses, as classes: each says the call, libpcap's code and its text.
 *
 * @module
 */

/** Codes of libpcap (`PCAP_ERROR_...`, `PCAP_WARNING_...` in pcap/pcap.h), by name. */
export const STATUS = {
  WARNING: 1,
  WARNING_PROMISC_NOTSUP: 2,
  WARNING_TSTAMP_TYPE_NOTSUP: 3,
  ERROR: -1,
  ERROR_BREAK: -2,
  ERROR_NOT_ACTIVATED: -3,
  ERROR_ACTIVATED: -4,
  ERROR_NO_SUCH_DEVICE: -5,
  ERROR_RFMON_NOTSUP: -6,
  ERROR_NOT_RFMON: -7,
  ERROR_PERM_DENIED: -8,
  ERROR_IFACE_NOT_UP: -9,
  ERROR_CANTSET_TSTAMP_TYPE: -10,
  ERROR_PROMISC_PERM_DENIED: -11,
  ERROR_TSTAMP_PRECISION_NOTSUP: -12,
} as const;

/** Something libpcap refused. */
export class LibpcapError extends Error {
  /** Name of the class. */
  override readonly name: string = "LibpcapError";
  /** libpcap's code (`PCAP_ERROR_...`); -1 where there is none of its own. */
  readonly code: number;
  /** The function that failed. */
  readonly call: string;
  /** libpcap's text. */
  readonly reason: string;

  /** Says what failed and why; `advice` tells what to do about it. */
  constructor(
    call: string,
    code: number,
    reason: string,
    options: ErrorOptions & { readonly what?: string; readonly advice?: string } = {},
  ) {
    super(
      `${options.what ?? `Cannot do ${call}`}: ${reason || `libpcap says no more than ${code}`}${
        options.advice === undefined ? "" : `\n${options.advice}`
      }`,
      options,
    );
    this.call = call;
    this.code = code;
    this.reason = reason;
  }
}

/** There is no such device. */
export class NoSuchDeviceError extends LibpcapError {
  /** Name of the class. */
  override readonly name: string = "NoSuchDeviceError";
}

/** The operating system does not let this process capture or send. */
export class DevicePermissionError extends LibpcapError {
  /** Name of the class. */
  override readonly name: string = "DevicePermissionError";
}

/** The device is there and cannot be used now: it is down, or went away. */
export class DeviceDownError extends LibpcapError {
  /** Name of the class. */
  override readonly name: string = "DeviceDownError";
}

/** A frame that is too short or too long for the device it should be sent on. */
export class FrameSizeError extends LibpcapError {
  /** Name of the class. */
  override readonly name: string = "FrameSizeError";
  /** Bytes of the frame. */
  readonly length: number;

  /** Says how long it is, and what to do. */
  constructor(
    call: string,
    reason: string,
    length: number,
    options: ErrorOptions & { readonly what: string; readonly advice: string },
  ) {
    super(call, STATUS.ERROR, reason, options);
    this.length = length;
  }
}

/** A filter expression that libpcap does not understand, or cannot use for the link type. */
export class FilterSyntaxError extends LibpcapError {
  /** Name of the class. */
  override readonly name: string = "FilterSyntaxError";
  /** The expression. */
  readonly expression: string;

  /** Says which expression and why. */
  constructor(expression: string, reason: string, code: number = STATUS.ERROR) {
    super("pcap_compile", code, reason, { what: `Cannot compile filter "${expression}"` });
    this.expression = expression;
  }
}

/** A library that could not be loaded, with everything that was tried. */
export class LibraryLoadError extends Error {
  /** Name of the class. */
  override readonly name: string = "LibraryLoadError";
  /** Which library. */
  readonly library: string;
  /** The paths tried, each with the reason it did not do. */
  readonly attempts: readonly { readonly path: string; readonly reason: string }[];

  /** Lists the attempts and says what to do. */
  constructor(
    library: string,
    attempts: readonly { readonly path: string; readonly reason: string }[],
    advice: string,
    options?: ErrorOptions,
  ) {
    const tried = attempts.map(({ path, reason }) => `\n  ${path}: ${reason}`).join("");
    super(`Cannot load ${library}: ${advice}${tried && `\nTried:${tried}`}`, options);
    this.library = library;
    this.attempts = attempts;
  }
}
