/**
 * What the tshark engine may be told, and how tshark is told it.
 *
 * @module
 */

/** The options of the tshark engine. Plain data. */
export interface TsharkOptions {
  /** Display filter, as in Wireshark: packets that do not match are left out. */
  readonly displayFilter?: string;
  /** Dissect as: `tcp.port==8888,http` and the like, as `tshark -d`. */
  readonly decodeAs?: readonly string[];
  /** Preferences, by name: `tcp.desegment_tcp_streams` and the like, as `tshark -o`. */
  readonly preferences?: Readonly<Record<string, string>>;
  /** File of TLS secrets (`SSLKEYLOGFILE`), to decrypt with. */
  readonly keyLogFile?: string;
  /** Protocols not to dissect. */
  readonly disable?: readonly string[];
  /**
   * Dissect twice, so that packets know of later ones (reassembled in, response in). Nothing is answered before all of
   * the input is there: not for live input.
   */
  readonly twoPass?: boolean;
  /** The program; `tshark`, looked for in `PATH`, if absent. */
  readonly tshark?: string;
  /**
   * The user's own profile (`true`), or one of its named profiles, with its preferences and filters. If absent, results
   * do not depend on the user's settings.
   */
  readonly profile?: boolean | string;
  /** Further arguments of tshark, as they stand. */
  readonly parameters?: readonly string[];
}

/** Names of the options, and what each is. */
const KNOWN: Readonly<Record<keyof TsharkOptions, "text" | "list" | "map" | "flag" | "profile">> = {
  displayFilter: "text",
  decodeAs: "list",
  preferences: "map",
  keyLogFile: "text",
  disable: "list",
  twoPass: "flag",
  tshark: "text",
  profile: "profile",
  parameters: "list",
};

/**
 * Checks options that came as plain data, for example from the command line, where all is text: a list may be one text,
 * a preference `name:value`, a flag `true`.
 *
 * @throws {RangeError} If an option is unknown.
 * @throws {TypeError} If one is of the wrong kind.
 */
export function tsharkOptions(given: Readonly<Record<string, unknown>>): TsharkOptions {
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(KNOWN, name) ? KNOWN[name as keyof TsharkOptions] : undefined;
    if (kind === undefined) {
      throw new RangeError(
        `Cannot start engine "tshark": it has no option "${name}"; current options are ${
          Object.keys(KNOWN).join(", ")
        }`,
      );
    }
    if (value === undefined) continue;
    const wrong = (what: string): TypeError =>
      new TypeError(`Cannot start engine "tshark": option "${name}" is ${what}`);
    const texts = (): string[] => {
      const list = Array.isArray(value) ? value : [value];
      if (!list.every((v) => typeof v === "string")) throw wrong("a list of texts");
      return list;
    };
    switch (kind) {
      case "text":
        if (typeof value !== "string") throw wrong("a text, given once");
        options[name] = value;
        break;
      case "list":
        options[name] = texts();
        break;
      case "map":
        if (typeof value === "object" && value !== null && !Array.isArray(value)) {
          options[name] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, String(v)]));
          break;
        }
        options[name] = Object.fromEntries(
          texts().map((t) => {
            const colon = t.indexOf(":");
            if (colon < 1) throw wrong("NAME:VALUE");
            return [t.slice(0, colon), t.slice(colon + 1)];
          }),
        );
        break;
      case "flag":
        if (![true, false, "true", "false", ""].includes(value as never)) {
          throw wrong("true or false");
        }
        options[name] = value === true || value === "true" || value === "";
        break;
      case "profile":
        if (typeof value !== "string" && typeof value !== "boolean") throw wrong("true or a name");
        options[name] = value === "true" ? true : value === "false" ? false : value;
    }
  }
  return options as TsharkOptions;
}

/** The arguments that options mean, apart from the display filter and two-pass. */
export function argumentsOf(options: TsharkOptions): string[] {
  const { decodeAs = [], preferences = {}, keyLogFile, disable = [], profile, parameters = [] } =
    options;
  return [
    ...typeof profile === "string" ? ["-C", profile] : [],
    ...decodeAs.flatMap((rule) => ["-d", rule]),
    ...Object.entries(preferences).flatMap(([name, value]) => ["-o", `${name}:${value}`]),
    ...keyLogFile === undefined ? [] : ["-o", `tls.keylog_file:${keyLogFile}`],
    ...disable.flatMap((name) => ["--disable-protocol", name]),
    ...parameters,
  ];
}

/** Name of the colouring rule that marks packets which match the display filter. */
export const RULE = "pcapkit";

/** With a filter, tshark prints every so many packets, so that it is known how far it is. A power of two. */
export const SIGN_OF_LIFE = 128;

/** What tshark prints with a display filter: what matches, and signs of life; in lockstep, everything. */
export function filterArgument(filter: string, lockstep: boolean): string {
  return `(${filter}) or ${
    lockstep ? "frame.number > 0" : `!(frame.number & ${SIGN_OF_LIFE - 1})`
  }`;
}

/**
 * The colouring rules by which tshark marks what matches `filter`: it says nothing of packets it does not print, and with
 * rules it says of each that it prints whether it matches.
 *
 * @throws {RangeError} If the filter cannot stand in a rule.
 */
export function colouringRules(filter: string): string {
  // "@" ends a rule's parts; within quotes it can be written otherwise.
  const safe = filter.replace(/[\r\n]+/g, " ")
    .replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.replaceAll("@", "\\x40"));
  if (safe.includes("@")) {
    throw new RangeError(`Cannot use display filter "${filter}": "@" may stand in quotes only`);
  }
  return `@${RULE}@${safe}@[65535,65535,65535][0,0,0]\n`;
}
