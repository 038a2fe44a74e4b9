/**
 * Finding and loading libpcap. Nothing is loaded, and no permission asked for, before a function is first called.
 *
 * @module
 */
import { LibraryLoadError } from "./errors.ts";
import { LIBC, type LibcSymbols, PCAP, PCAP_FORMS, type PcapSymbols } from "./symbols.ts";

/** Which libpcap is used. */
export interface LibraryOptions {
  /**
   * Path of libpcap's shared library. If absent, `LIBPCAP_PATH` is taken, where reading it is allowed; then the places
   * where the system's libpcap is usually found.
   */
  readonly library?: string;
}

/** A loaded libpcap. For the other files of this folder; not public, so that no raw function is. */
export interface Library {
  /** Path it was loaded from. */
  readonly path: string;
  /** Its functions. */
  readonly pcap: PcapSymbols;
  /** Functions of the C library. */
  readonly libc: LibcSymbols;
}

/** Functions of libpcap that compiling filters takes. */
const COMPILING = [
  "pcap_open_dead",
  "pcap_fopen_offline",
  "pcap_compile",
  "pcap_freecode",
  "pcap_geterr",
  "pcap_close",
] as const;
/** Functions of the C library that compiling filters takes. */
const COMPILING_LIBC = ["memcpy", "strlen", "fmemopen", "fclose"] as const;

/** As much of a loaded libpcap as compiling filters takes: to load all of it costs more time than compiling. */
export interface CompilerLibrary {
  /** Path it was loaded from. */
  readonly path: string;
  /** Its functions. */
  readonly pcap: Pick<PcapSymbols, typeof COMPILING[number]>;
  /** Functions of the C library. */
  readonly libc: Pick<LibcSymbols, typeof COMPILING_LIBC[number]>;
}

const { os, arch } = Deno.build;
const WINDOWS = os === "windows";

/** Names of libpcap by system, best first: Debian calls it 0.8, all others 1. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"],
  darwin: ["libpcap.A.dylib", "libpcap.dylib"],
  windows: ["wpcap.dll"],
  freebsd: ["libpcap.so.8", "libpcap.so"],
};

/** Folders libpcap may be in. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  linux: [
    `/usr/lib/${arch}-linux-gnu`,
    `/lib/${arch}-linux-gnu`,
    "/usr/lib64",
    "/lib64",
    "/usr/lib",
    "/lib",
    "/usr/local/lib",
    "/run/current-system/sw/lib",
  ],
  darwin: ["/usr/lib", "/opt/homebrew/opt/libpcap/lib", "/usr/local/opt/libpcap/lib"],
  windows: ["C:\\Windows\\System32\\Npcap"],
  freebsd: ["/usr/lib", "/lib", "/usr/local/lib"],
};

const INSTALL: Readonly<Record<string, string>> = {
  linux: "install it (apt install libpcap0.8, dnf install libpcap, apk add libpcap)",
  darwin: "it is part of macOS, or brew install libpcap",
  windows: "install Npcap (https://npcap.com)",
  freebsd: "it is part of the base system",
};

/** Where libpcap is looked for on this system, best first; also what `--allow-ffi` may be given. */
export function libraryCandidates(): string[] {
  const slash = WINDOWS ? "\\" : "/";
  const names = NAMES[os] ?? NAMES.linux;
  return names.flatMap((name) => (FOLDERS[os] ?? FOLDERS.linux).map((f) => f + slash + name));
}

function ffiState(path?: string): Deno.PermissionState {
  return Deno.permissions.querySync(path === undefined ? { name: "ffi" } : { name: "ffi", path })
    .state;
}

/** `LIBPCAP_PATH`, where reading it is allowed; never asks. */
function pathFromEnv(): string | undefined {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "LIBPCAP_PATH" });
  return state === "granted" ? Deno.env.get("LIBPCAP_PATH") || undefined : undefined;
}

const loaded = new Map<string, Library>();

/**
 * The library, loaded on the first call and kept: a library is never closed, since a call may still be running in it.
 *
 * @throws {LibraryLoadError} If there is none, or FFI is not allowed for it: the message says what to grant or install.
 */
export function loadLibrary(options: LibraryOptions = {}): Library {
  const key = keyOf(options);
  let library = loaded.get(key);
  if (library === undefined) {
    library = locate(options, openAt);
    loaded.set(key, library);
  }
  return library;
}

/**
 * Hands the part of the library that compiles filters to `use`; see {@linkcode loadLibrary}. If the library is not
 * loaded already it is closed afterwards: nothing of it is running then.
 */
export function withCompiler<T>(options: LibraryOptions, use: (library: CompilerLibrary) => T): T {
  const whole = loaded.get(keyOf(options));
  if (whole !== undefined) return use(whole);
  const { library, close } = locate(options, openCompilerAt);
  try {
    return use(library);
  } finally {
    close();
  }
}

function keyOf(options: LibraryOptions): string {
  return options.library ?? pathFromEnv() ?? "";
}

/** Opens the library that is named, or the first that is found. */
function locate<T>(options: LibraryOptions, openAt: (path: string) => T): T {
  const key = keyOf(options);
  return key === "" ? find(openAt) : open([key], [], false, openAt);
}

function find<T>(openAt: (path: string) => T): T {
  const paths = libraryCandidates();
  // A bare name is looked up along the loader's path; where FFI is allowed for named files only, Deno takes it for a
  // file in the current folder. On Windows a bare name is never tried: a foreign wpcap.dll might be found.
  if (ffiState() === "granted") {
    return open(WINDOWS ? paths : [...NAMES[os] ?? NAMES.linux, ...paths], [], true, openAt);
  }
  const granted = paths.filter((path) => ffiState(path) === "granted");
  const denied = paths.filter((path) => !granted.includes(path))
    .map((path) => ({ path, reason: "--allow-ffi does not name it" }));
  return open(granted, granted.length > 0 ? [] : denied, true, openAt);
}

function open<T>(
  paths: readonly string[],
  attempts: { path: string; reason: string }[],
  searching: boolean,
  openAt: (path: string) => T,
): T {
  let cause: unknown;
  for (const path of paths) {
    try {
      return openAt(path);
    } catch (error) {
      cause = error;
      attempts.push({ path, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const denied = cause instanceof Deno.errors.NotCapable || paths.length === 0;
  const example = existing() ?? libraryCandidates()[0];
  const advice = denied
    ? `allow it with --allow-ffi=${searching ? example : paths[0]}`
    : searching
    ? `${INSTALL[os] ?? "install libpcap"}, or name it by LIBPCAP_PATH`
    : "the file that was named cannot be loaded";
  throw new LibraryLoadError("libpcap", attempts, advice, { cause });
}

/** The first candidate that is there, if looking is allowed. */
function existing(): string | undefined {
  return libraryCandidates().find((path) => {
    if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return false;
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

/** Texts are UTF-8, also on Windows (`PCAP_CHAR_ENC_UTF_8`). */
const UTF_8 = 1;

function openAt(path: string): Library {
  const library = symbolsAt(path);
  library.pcap.pcap_init?.(UTF_8, new Uint8Array(256));
  return library;
}

function symbolsAt(path: string): Library {
  if (!WINDOWS) {
    const { symbols } = Deno.dlopen(path, { ...PCAP, ...PCAP_FORMS, ...LIBC });
    return { path, pcap: symbols, libc: symbols };
  }
  preferNpcapFolder(path);
  return {
    path,
    pcap: Deno.dlopen(path, { ...PCAP, ...PCAP_FORMS }).symbols,
    libc: Deno.dlopen(MSVCRT, LIBC).symbols,
  };
}

function openCompilerAt(path: string): { library: CompilerLibrary; close: () => void } {
  const pcap = pick(PCAP, COMPILING), libc = pick(LIBC, COMPILING_LIBC);
  if (!WINDOWS) {
    const opened = Deno.dlopen(path, { ...pcap, ...libc });
    const { symbols } = opened;
    return { library: { path, pcap: symbols, libc: symbols }, close: () => opened.close() };
  }
  preferNpcapFolder(path);
  const opened = Deno.dlopen(path, pcap);
  const runtime = Deno.dlopen(MSVCRT, libc);
  return {
    library: { path, pcap: opened.symbols, libc: runtime.symbols },
    close: () => {
      opened.close();
      runtime.close();
    },
  };
}

function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Pick<T, K>;
}

/** The C library of Windows. */
const MSVCRT = "C:\\Windows\\System32\\msvcrt.dll";

/** Npcap's wpcap.dll needs the Packet.dll beside it, which Windows finds only if it is told where to look. */
function preferNpcapFolder(path: string): void {
  const folder = path.replace(/[\\/][^\\/]*$/, "");
  const text = new Uint16Array(folder.length + 1);
  for (let i = 0; i < folder.length; i++) text[i] = folder.charCodeAt(i);
  const kernel = Deno.dlopen("C:\\Windows\\System32\\kernel32.dll", {
    SetDllDirectoryW: { parameters: ["buffer"], result: "i32" },
  });
  kernel.symbols.SetDllDirectoryW(text);
  kernel.close();
}
