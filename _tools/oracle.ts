// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Runs the oracle over the captures in `../shared`: every field of every packet against tshark's stored answers, for the
 * protocols that ship. Arguments are passed on to `oracle.py check` (`--glob 'dns/*'`, `--protocol tcp`, `--top 40`).
 *
 * @module
 */

/** Groups of fields that the protocols which ship answer for. */
const GROUPS = "frame,eth,vlan,llc,sll,null,arp,ip,ipv6,icmp,icmpv6,igmp,udp,tcp,dns,dhcp,http";

if (import.meta.main) {
  const root = new URL("../", import.meta.url).pathname;
  const shared = `${root}../shared`;
  try {
    Deno.statSync(`${shared}/oracle/oracle.py`);
  } catch {
    console.error(`Cannot run the oracle: there is no ${shared}/oracle`);
    Deno.exit(2);
  }
  const own = Deno.args.includes("--protocol") ? [] : ["--protocol", GROUPS];
  const { code } = new Deno.Command("python3", {
    args: [
      `${shared}/oracle/oracle.py`,
      "check",
      `${shared}/captures`,
      "--cmd",
      `${Deno.execPath()} run --no-check --quiet --allow-read ${root}cli.ts fields {file} --json`,
      "--golden",
      `${shared}/oracle/golden`,
      "--jobs",
      "2",
      "--min",
      "99.5",
      "--allow-failures",
      ...own,
      ...Deno.args,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).outputSync();
  Deno.exit(code);
}
