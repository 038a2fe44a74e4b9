/**
 * Installs what the tests compare pcapkit with, if it is missing: tshark (which brings libpcap), jq, Python's dpkt, and
 * what a minimal system lacks besides.
 * Debian and Ubuntu; elsewhere it says what to install. Does nothing where everything is there.
 *
 * @module
 */
// deno-lint-ignore-file no-console

/** Programs the tests run and files they look into, and the Debian packages that hold them. */
const NEEDED: Readonly<Record<string, string>> = {
  tshark: "tshark",
  jq: "jq",
  python3: "python3-minimal",
  zstd: "zstd",
  lz4: "lz4",
  tcpdump: "tcpdump",
  ip: "iproute2",
  curl: "curl",
  openssl: "openssl",
  ps: "procps",
  "/etc/services": "netbase",
};

/** The package of Python's dpkt. Without it, what compares with dpkt is skipped. */
const DPKT = "python3-dpkt";

function hasDpkt(): boolean {
  return new Deno.Command("sh", {
    args: ["-c", "/usr/bin/python3 -c 'import dpkt'"],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

function has(needed: string): boolean {
  try {
    return new Deno.Command("sh", {
      args: ["-c", needed.startsWith("/") ? `test -e ${needed}` : `command -v ${needed}`],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

function run(args: readonly string[]): boolean {
  const asRoot = Deno.build.os === "linux" && Deno.uid() !== 0 ? ["sudo", ...args] : [...args];
  return new Deno.Command(asRoot[0], {
    args: asRoot.slice(1),
    env: { DEBIAN_FRONTEND: "noninteractive" },
    stdout: "null",
    stderr: "inherit",
  }).outputSync().success;
}

if (import.meta.main) {
  const missing = Object.entries(NEEDED).filter(([program]) => !has(program)).map(([, p]) => p);
  if (missing.length > 0) {
    if (!has("apt-get")) {
      console.error(`Please install: ${missing.join(", ")}`);
      Deno.exit(1);
    }
    console.error(`Installing ${missing.join(", ")} …`);
    // An index too old to know the packages is refreshed; one that knows them is left alone.
    const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", ...missing];
    if (!run(install) && !(run(["apt-get", "update", "-qq"]) && run(install))) {
      console.error(`Cannot install ${missing.join(", ")}: see above`);
      Deno.exit(1);
    }
  }
  if (!hasDpkt() && has("apt-get")) {
    const install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", DPKT];
    if (!run(install)) console.error(`Cannot install ${DPKT}: tests that need it are skipped`);
  }
}
