/**
 * Every limit pcapkit sets on hostile input, in one place, each with its reason.
 *
 * @module
 */

/** Bytes of one captured packet at most. Wireshark's own limit is 262,144; ours leaves room for jumbo captures (usbmon, loopback with offload). */
export const PACKET_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes of one pcapng block at most, as Wireshark (16 MiB): a length beyond it is taken for damage. */
export const BLOCK_BYTES_MAX = 16 * 1024 * 1024;
/** Wire lengths above this are reported as implausible; nothing is allocated from them. */
export const WIRE_LENGTH_PLAUSIBLE = 16 * 1024 * 1024;
/** Wire lengths above this count as this much while dissecting, so that places in a batch stay below 2^31. */
export const WIRE_LENGTH_MAX = 0x4000_0000;
/** Interfaces of one pcapng section at most. */
export const INTERFACES_MAX = 65_536;
/** Bytes that a batch of frames aims at: two of them fit the L2 cache, and a read call is cheap all the same. */
export const BATCH_BYTES = 512 * 1024;
/** Packets of one batch at most, so that columns have a fixed size. */
export const BATCH_PACKETS = 16_384;
/**
 * Bytes of a batch for reports: small, since a packet's text is up to fifty times its bytes, and what the encoder holds is
 * what decides how much memory the process needs.
 */
export const REPORT_BATCH_BYTES = 256 * 1024;
/** Packets of such a batch. */
export const REPORT_BATCH_PACKETS = 512;
/** Bytes of a chunk of an index: framed in a millisecond, and small enough to share a file out evenly. */
export const INDEX_CHUNK_BYTES = 4 * 1024 * 1024;
/** Bytes of a chunk where packets are looked up one by one: each costs the framing of a chunk. */
export const ACCESS_CHUNK_BYTES = 1024 * 1024;
/** Bytes searched for a record from the middle of a file at most: two of the longest packets. */
export const RESYNC_BYTES_MAX = 16 * 1024 * 1024;
/** Bytes of a capture from which on its frames are read into memory that a kernel sees: fewer are walked before that is made. */
export const FRAME_MEMORY_FROM = 512 * 1024;
/** Threads that a job is spread over if nobody says how many: beyond, reading and writing on one thread are what takes the time. */
export const WORKERS_DEFAULT_MAX = 8;
/** Milliseconds after which `auto` looks whether a job is long: until then it has compiled most of what it needs. */
export const AUTO_AFTER_MS = 400;
/**
 * Milliseconds of work left from which on `auto` takes workers: each needs some 300 to start and to compile, and what is
 * left is taken for half as much again while this thread is still compiling.
 */
export const AUTO_REMAINING_MS = 1500;
/** Bytes of a capture from which on `auto` may take workers: less is done before it looks, whatever is made of it. */
export const AUTO_BYTES = 8 * 1024 * 1024;
/** Threads that a job may be spread over. */
export const WORKERS_MAX = 64;
/** Batches that are with a thread, wait for it, or wait for those before them: with two, threads were idle a sixth of the time, with four a twentieth. */
export const BATCHES_PER_WORKER = 3;
/** Batches of a file that threads read by themselves that are with a thread or wait for those before them: none waits to be taken. */
export const PIECES_PER_WORKER = 2;
/** Bytes of the first piece of such a file: how long its text is, is not known yet. */
export const PIECE_BYTES_FIRST = 32 * 1024;
/** Bytes in which a record must be whole that is longer than a piece, for threads to go on by themselves. */
export const PIECE_RECORD_BYTES = 1024 * 1024;
/** Milliseconds after which a thread that always finds work looks for messages and runs timers: each look costs one. */
export const THREAD_TURN_MS = 250;
/** Bytes of a file from which on its flows are counted on several threads: less is counted while those start. */
export const FLOWS_SPREAD_BYTES = 1024 * 1024 * 1024;
/** Bytes of a range whose flows one thread counts at a time, at least: long enough that merging its table costs little. */
export const FLOW_RANGE_BYTES = 64 * 1024 * 1024;
/** Bytes of such a range at most: its table waits for those before it. */
export const FLOW_RANGE_BYTES_MAX = 1024 * 1024 * 1024;
/** Milliseconds a thread is given to end by itself (closing what it opened) before it is ended. */
export const WORKER_STOP_MS = 500;
/** Layers of one packet at most: a tunnel in a tunnel in a tunnel ends here. Captures made to try that have up to 180. */
export const LAYERS_MAX = 200;
/** Layers that reports put one into the other at most, the rest being bytes: jq reads 128 levels. */
export const REPORT_LAYERS_MAX = 100;
/** Fields reported of one packet at most: what bounds the output made of one hostile packet. */
export const FIELDS_MAX = 65_536;
/**
 * Layouts of packets that a writer keeps, a power of two: captures have some tens of them, and hostile ones as many as
 * packets. Each is some 100 bytes a field.
 */
export const LAYOUTS_MAX = 1024;
/** Bytes of those layouts together: a capture's take some hundred thousand; when there are more, all are made anew. */
export const LAYOUT_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes of the recipes by which usual headers are reported; ours take ten thousand. Protocols beyond do it themselves. */
export const RECIPE_BYTES_MAX = 512 * 1024;
/** Fields of a packet whose layout is kept at most: with more, it will hardly be met again. */
export const LAYOUT_FIELDS_MAX = 256;
/** Bytes of text made for one packet at most (names expanded from compression pointers and the like). */
export const TEXT_BYTES_MAX = 1024 * 1024;
/** Numbers that the times of one packet are kept in at most, two for each: the frame has three, ICMP's data one. Those beyond are left out. */
export const TIMES_MAX = 16;
/** Elements of one list in a header (options, records, addresses) at most. */
export const LIST_MAX = 16_384;
/** Compression pointers followed for one DNS name at most; each must also point backwards. */
export const NAME_POINTERS_MAX = 128;
/** Bytes of a DNS name at most (RFC 1035 section 3.1). */
export const NAME_BYTES_MAX = 255;
/**
 * Flows counted at most: 64 bytes each, and 8 to 16 to find it, by a number of 22 bits. Scans and floods with invented
 * addresses make a flow a packet; packets of flows beyond are counted together.
 */
export const FLOWS_MAX = 4 * 1024 * 1024 - 1;
/** Bytes of a capture file up to which `send --loop` keeps its packets in memory, instead of reading the file again for each pass. */
export const REPLAY_KEEP_BYTES = 64 * 1024 * 1024;
/** Instructions of a filter program at most: those of a list of ten thousand hosts, in memory of a megabyte or so. */
export const BPF_INSTRUCTIONS_MAX = 65_536;
/** Instructions a looping filter program (`protochain`) runs on one frame at most; it then rejects the frame. Enough for a chain of the smallest headers through 262,144 bytes. */
export const BPF_STEPS_MAX = 1 << 20;
/** Frame numbers kept of each field in which engines differ: enough to look at, whatever the capture's size. */
export const DIFFERENCE_FRAMES_MAX = 100;
/** Values of one field that are shown as an example of a difference, and characters of it. */
export const DIFFERENCE_VALUES_MAX = 16;
/** See {@link DIFFERENCE_VALUES_MAX}. */
export const DIFFERENCE_TEXT_MAX = 256;
/** Bytes kept of what tshark says on standard error: enough for its reason, whatever it complains about before. */
export const TSHARK_STDERR_BYTES = 4096;
/** Protocols that an engine with names of its own may report in one run; Wireshark 4.0 has 2,931 in all, a capture some tens. */
export const ENGINE_PROTOCOLS_MAX = 1024;
/** Bytes of one packet as tshark prints it: a packet of 256 KiB, all of it repeated some hundred times, is still below. */
export const TSHARK_PACKET_BYTES_MAX = 256 * 1024 * 1024;
/** Batches that tshark is given ahead where a display filter keeps it silent about most packets. */
export const TSHARK_FILTERED_BATCHES_AHEAD = 256;
/** Milliseconds a tshark that captures is given to end by itself (and to end dumpcap) before it is ended. */
export const TSHARK_STOP_MS = 2000;
