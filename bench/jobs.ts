/**
 * What is measured: jobs that several programs can do, so that they can be compared.
 *
 * @module
 */

/** Names of jobs. */
export const JOBS = [
  "start",
  "frames",
  "layers",
  "flows",
  "bpf",
  "fields",
  "text",
  "ndjson",
] as const;

/** A job that several programs can do. */
export type JobName = typeof JOBS[number];

/** What a job is, for tables. */
export interface Job {
  /** Short, for the head of a column. */
  readonly title: string;
  /** One sentence. */
  readonly what: string;
  /** The command of the command line that does it, of which the flags say what can be varied; the main job is "". */
  readonly command: string;
  /** Whether what is printed is an answer of a line, which should be the same for all that do it. */
  readonly answer: boolean;
}

/** The jobs. */
export const JOB: Readonly<Record<JobName, Job>> = {
  start: {
    title: "start",
    what: "starting, doing nothing",
    command: "",
    answer: false,
  },
  frames: {
    title: "frames",
    what: "cut the file into packets and count them",
    command: "info",
    answer: false,
  },
  layers: {
    title: "layers",
    what: "find the layers of every packet, print nothing",
    command: "bench",
    answer: false,
  },
  flows: {
    title: "flows",
    what: "count packets and bytes by addresses, protocol and ports",
    command: "flows",
    answer: true,
  },
  bpf: {
    title: "filter",
    what: "copy the packets that a capture filter matches",
    command: "convert",
    answer: false,
  },
  fields: {
    title: "five fields",
    what: "print five fields of every packet as columns",
    command: "fields",
    answer: false,
  },
  text: {
    title: "text",
    what: "print a line of text for every packet",
    command: "",
    answer: false,
  },
  ndjson: {
    title: "NDJSON",
    what: "print every field of every packet as JSON",
    command: "",
    answer: false,
  },
};

/** The five fields of the job `fields`. */
export const FIVE: readonly string[] = [
  "frame.number",
  "ip.src",
  "ip.dst",
  "tcp.srcport",
  "tcp.dstport",
];

/** The capture filters of the job `bpf` (pcap-filter(7)): one that many packets match, one that few do. */
export const FILTERS: readonly string[] = ["tcp port 80", "ip6 and udp"];
