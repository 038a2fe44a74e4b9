// deno-lint-ignore-file no-console -- a program for the terminal
/**
 * Runs the oracle over the captures in `../shared`: every field of every packet against tshark's stored answers, for the
 * protocols that ship. Arguments are passed on to `oracle.py check` (`--glob 'dns/*'`, `--protocol tcp`, `--top 40`).
 *
 * What `fields FILE --json` says of each capture is written beforehand, by this one process: starting one for each takes
 * fifty times as long.
 *
 * @module
 */
import { main } from "../cli/main.ts";
import { CAPTURES, capturesBelow } from "./_captures.ts";

/** Groups of fields that the protocols which ship answer for. */
const GROUPS = "frame,eth,vlan,llc,sll,null,arp,ip,ipv6,icmp,icmpv6,igmp,udp,tcp,dns,dhcp,http";

/** Writes what the command line says of each capture, and its exit code, into `folder`; answers a program that repeats it. */
async function answers(folder: string): Promise<string> {
  for (const file of capturesBelow()) {
    const out = `${folder}/${file}`;
    Deno.mkdirSync(out.slice(0, out.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(out, "");
    const args = ["fields", `${CAPTURES}/${file}`, "--json", "--no-progress", "--output", out];
    Deno.writeTextFileSync(`${out}.code`, String(await main(args)));
  }
  const program = `${folder}/answer.sh`;
  Deno.writeTextFileSync(
    program,
    `at="${folder}/\${1#${CAPTURES}/}"\ncat "$at"\nexit "$(cat "$at.code")"\n`,
  );
  return `sh ${program} {file}`;
}

if (import.meta.main) {
  const shared = new URL("../../shared", import.meta.url).pathname;
  try {
    Deno.statSync(`${shared}/oracle/oracle.py`);
  } catch {
    console.error(`Cannot run the oracle: there is no ${shared}/oracle`);
    Deno.exit(2);
  }
  const own = Deno.args.includes("--protocol") ? [] : ["--protocol", GROUPS];
  const folder = Deno.makeTempDirSync();
  try {
    const { code } = new Deno.Command("python3", {
      args: [
        `${shared}/oracle/oracle.py`,
        "check",
        CAPTURES,
        "--cmd",
        await answers(folder),
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
    Deno.exitCode = code;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
