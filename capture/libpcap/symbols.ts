/**
 * Every public function of libpcap, as its header files declare it, and the few functions of the C library needed
 * beside it.
 *
 * Each entry's comment is the C prototype and the version of libpcap that brought it; `docs/LIBPCAP.md` is made of these
 * comments. Pointers are `usize`, never `pointer`: only then does everything work where FFI is allowed for named
 * libraries alone, and calls are faster too. What some version or platform lacks is `optional` and then `null`.
 *
 * @module
 */

/** The functions of libpcap 1.0 to 1.10. */
export const PCAP = {
  // Live capture: making and setting up a handle
  /** `int pcap_init(unsigned int opts, char *errbuf)` — 1.10 */
  pcap_init: { parameters: ["u32", "buffer"], result: "i32", optional: true },
  /** `pcap_t *pcap_create(const char *source, char *errbuf)` — 1.0 */
  pcap_create: { parameters: ["buffer", "buffer"], result: "usize" },
  /** `int pcap_set_snaplen(pcap_t *p, int snaplen)` — 1.0 */
  pcap_set_snaplen: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_set_promisc(pcap_t *p, int promisc)` — 1.0 */
  pcap_set_promisc: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_can_set_rfmon(pcap_t *p)` — 1.0 */
  pcap_can_set_rfmon: { parameters: ["usize"], result: "i32" },
  /** `int pcap_set_rfmon(pcap_t *p, int rfmon)` — 1.0 */
  pcap_set_rfmon: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_set_timeout(pcap_t *p, int to_ms)` — 1.0 */
  pcap_set_timeout: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_set_buffer_size(pcap_t *p, int buffer_size)` — 1.0 */
  pcap_set_buffer_size: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_set_tstamp_type(pcap_t *p, int tstamp_type)` — 1.2 */
  pcap_set_tstamp_type: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_set_immediate_mode(pcap_t *p, int immediate)` — 1.5 */
  pcap_set_immediate_mode: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_set_tstamp_precision(pcap_t *p, int tstamp_precision)` — 1.5 */
  pcap_set_tstamp_precision: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_get_tstamp_precision(pcap_t *p)` — 1.5 */
  pcap_get_tstamp_precision: { parameters: ["usize"], result: "i32", optional: true },
  /** `int pcap_set_protocol_linux(pcap_t *p, int protocol)` — 1.9, Linux */
  pcap_set_protocol_linux: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_activate(pcap_t *p)` — 1.0 */
  pcap_activate: { parameters: ["usize"], result: "i32" },
  /** `pcap_t *pcap_open_live(const char *device, int snaplen, int promisc, int to_ms, char *errbuf)` — 0.4 */
  pcap_open_live: { parameters: ["buffer", "i32", "i32", "i32", "buffer"], result: "usize" },

  // Handles without a device
  /** `pcap_t *pcap_open_dead(int linktype, int snaplen)` — 0.6 */
  pcap_open_dead: { parameters: ["i32", "i32"], result: "usize" },
  /** `pcap_t *pcap_open_dead_with_tstamp_precision(int linktype, int snaplen, u_int precision)` — 1.5 */
  pcap_open_dead_with_tstamp_precision: {
    parameters: ["i32", "i32", "u32"],
    result: "usize",
    optional: true,
  },
  /** `pcap_t *pcap_open_offline(const char *fname, char *errbuf)` — 0.4 */
  pcap_open_offline: { parameters: ["buffer", "buffer"], result: "usize" },
  /** `pcap_t *pcap_open_offline_with_tstamp_precision(const char *fname, u_int precision, char *errbuf)` — 1.5 */
  pcap_open_offline_with_tstamp_precision: {
    parameters: ["buffer", "u32", "buffer"],
    result: "usize",
    optional: true,
  },
  /** `pcap_t *pcap_fopen_offline(FILE *fp, char *errbuf)` — 0.9, not Windows */
  pcap_fopen_offline: { parameters: ["usize", "buffer"], result: "usize", optional: true },
  /** `pcap_t *pcap_fopen_offline_with_tstamp_precision(FILE *fp, u_int precision, char *errbuf)` — 1.5, not Windows */
  pcap_fopen_offline_with_tstamp_precision: {
    parameters: ["usize", "u32", "buffer"],
    result: "usize",
    optional: true,
  },
  /** `pcap_t *pcap_hopen_offline(intptr_t osfd, char *errbuf)` — 0.9, Windows */
  pcap_hopen_offline: { parameters: ["isize", "buffer"], result: "usize", optional: true },
  /** `pcap_t *pcap_hopen_offline_with_tstamp_precision(intptr_t osfd, u_int precision, char *errbuf)` — 1.5, Windows */
  pcap_hopen_offline_with_tstamp_precision: {
    parameters: ["isize", "u32", "buffer"],
    result: "usize",
    optional: true,
  },
  /** `void pcap_close(pcap_t *p)` — 0.4 */
  pcap_close: { parameters: ["usize"], result: "void" },

  // Reading packets
  /** `int pcap_loop(pcap_t *p, int cnt, pcap_handler callback, u_char *user)` — 0.4 */
  pcap_loop: { parameters: ["usize", "i32", "pointer", "usize"], result: "i32" },
  /** `int pcap_dispatch(pcap_t *p, int cnt, pcap_handler callback, u_char *user)` — 0.4 */
  pcap_dispatch: { parameters: ["usize", "i32", "pointer", "usize"], result: "i32" },
  /** `const u_char *pcap_next(pcap_t *p, struct pcap_pkthdr *h)` — 0.4 */
  pcap_next: { parameters: ["usize", "buffer"], result: "usize" },
  /** `int pcap_next_ex(pcap_t *p, struct pcap_pkthdr **pkt_header, const u_char **pkt_data)` — 0.8 */
  pcap_next_ex: { parameters: ["usize", "buffer", "buffer"], result: "i32" },
  /** `void pcap_breakloop(pcap_t *p)` — 0.8 */
  pcap_breakloop: { parameters: ["usize"], result: "void" },
  /** `int pcap_setnonblock(pcap_t *p, int nonblock, char *errbuf)` — 0.7 */
  pcap_setnonblock: { parameters: ["usize", "i32", "buffer"], result: "i32" },
  /** `int pcap_getnonblock(pcap_t *p, char *errbuf)` — 0.7 */
  pcap_getnonblock: { parameters: ["usize", "buffer"], result: "i32" },
  /** `int pcap_get_selectable_fd(pcap_t *p)` — 0.8, not Windows */
  pcap_get_selectable_fd: { parameters: ["usize"], result: "i32", optional: true },
  /** `const struct timeval *pcap_get_required_select_timeout(pcap_t *p)` — 1.9, not Windows */
  pcap_get_required_select_timeout: { parameters: ["usize"], result: "usize", optional: true },

  // What a handle says of itself
  /** `int pcap_stats(pcap_t *p, struct pcap_stat *ps)` — 0.4 */
  pcap_stats: { parameters: ["usize", "buffer"], result: "i32" },
  /** `int pcap_snapshot(pcap_t *p)` — 0.4 */
  pcap_snapshot: { parameters: ["usize"], result: "i32" },
  /** `int pcap_is_swapped(pcap_t *p)` — 0.4 */
  pcap_is_swapped: { parameters: ["usize"], result: "i32" },
  /** `int pcap_major_version(pcap_t *p)` — 0.4 */
  pcap_major_version: { parameters: ["usize"], result: "i32" },
  /** `int pcap_minor_version(pcap_t *p)` — 0.4 */
  pcap_minor_version: { parameters: ["usize"], result: "i32" },
  /** `int pcap_bufsize(pcap_t *p)` — 1.9 */
  pcap_bufsize: { parameters: ["usize"], result: "i32", optional: true },
  /** `int pcap_fileno(pcap_t *p)` — 0.4 */
  pcap_fileno: { parameters: ["usize"], result: "i32" },
  /** `FILE *pcap_file(pcap_t *p)` — 0.4 */
  pcap_file: { parameters: ["usize"], result: "usize" },
  /** `char *pcap_geterr(pcap_t *p)` — 0.4 */
  pcap_geterr: { parameters: ["usize"], result: "usize" },
  /** `void pcap_perror(pcap_t *p, const char *prefix)` — 0.4 */
  pcap_perror: { parameters: ["usize", "buffer"], result: "void" },
  /** `const char *pcap_statustostr(int error)` — 1.0 */
  pcap_statustostr: { parameters: ["i32"], result: "usize" },
  /** `const char *pcap_strerror(int error)` — 0.4 */
  pcap_strerror: { parameters: ["i32"], result: "usize" },

  // Link types
  /** `int pcap_datalink(pcap_t *p)` — 0.4 */
  pcap_datalink: { parameters: ["usize"], result: "i32" },
  /** `int pcap_datalink_ext(pcap_t *p)` — 1.0 */
  pcap_datalink_ext: { parameters: ["usize"], result: "i32", optional: true },
  /** `int pcap_list_datalinks(pcap_t *p, int **dlt_buf)` — 0.8 */
  pcap_list_datalinks: { parameters: ["usize", "buffer"], result: "i32" },
  /** `void pcap_free_datalinks(int *dlt_list)` — 0.8 */
  pcap_free_datalinks: { parameters: ["usize"], result: "void", optional: true },
  /** `int pcap_set_datalink(pcap_t *p, int dlt)` — 0.8 */
  pcap_set_datalink: { parameters: ["usize", "i32"], result: "i32" },
  /** `int pcap_datalink_name_to_val(const char *name)` — 0.8 */
  pcap_datalink_name_to_val: { parameters: ["buffer"], result: "i32" },
  /** `const char *pcap_datalink_val_to_name(int dlt)` — 0.8 */
  pcap_datalink_val_to_name: { parameters: ["i32"], result: "usize" },
  /** `const char *pcap_datalink_val_to_description(int dlt)` — 0.8 */
  pcap_datalink_val_to_description: { parameters: ["i32"], result: "usize" },
  /** `const char *pcap_datalink_val_to_description_or_dlt(int dlt)` — 1.10 */
  pcap_datalink_val_to_description_or_dlt: {
    parameters: ["i32"],
    result: "usize",
    optional: true,
  },

  // Time stamps
  /** `int pcap_list_tstamp_types(pcap_t *p, int **tstamp_typesp)` — 1.2 */
  pcap_list_tstamp_types: { parameters: ["usize", "buffer"], result: "i32", optional: true },
  /** `void pcap_free_tstamp_types(int *tstamp_types)` — 1.2 */
  pcap_free_tstamp_types: { parameters: ["usize"], result: "void", optional: true },
  /** `int pcap_tstamp_type_name_to_val(const char *name)` — 1.2 */
  pcap_tstamp_type_name_to_val: { parameters: ["buffer"], result: "i32", optional: true },
  /** `const char *pcap_tstamp_type_val_to_name(int tstamp_type)` — 1.2 */
  pcap_tstamp_type_val_to_name: { parameters: ["i32"], result: "usize", optional: true },
  /** `const char *pcap_tstamp_type_val_to_description(int tstamp_type)` — 1.2 */
  pcap_tstamp_type_val_to_description: { parameters: ["i32"], result: "usize", optional: true },

  // Filters
  /** `int pcap_compile(pcap_t *p, struct bpf_program *fp, const char *str, int optimize, bpf_u_int32 netmask)` — 0.4 */
  pcap_compile: { parameters: ["usize", "buffer", "buffer", "i32", "u32"], result: "i32" },
  /** `int pcap_compile_nopcap(int snaplen, int linktype, struct bpf_program *fp, const char *str, int optimize, bpf_u_int32 mask)` — 0.5 */
  pcap_compile_nopcap: {
    parameters: ["i32", "i32", "buffer", "buffer", "i32", "u32"],
    result: "i32",
    optional: true,
  },
  /** `void pcap_freecode(struct bpf_program *fp)` — 0.6 */
  pcap_freecode: { parameters: ["buffer"], result: "void" },
  /** `int pcap_setfilter(pcap_t *p, struct bpf_program *fp)` — 0.4 */
  pcap_setfilter: { parameters: ["usize", "buffer"], result: "i32" },
  /** `int pcap_offline_filter(const struct bpf_program *fp, const struct pcap_pkthdr *h, const u_char *pkt)` — 1.0 */
  pcap_offline_filter: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  /** `int pcap_setdirection(pcap_t *p, pcap_direction_t d)` — 0.9 */
  pcap_setdirection: { parameters: ["usize", "i32"], result: "i32" },
  /** `u_int bpf_filter(const struct bpf_insn *pc, const u_char *pkt, u_int wirelen, u_int buflen)` — 0.4 */
  bpf_filter: { parameters: ["buffer", "buffer", "u32", "u32"], result: "u32", optional: true },
  /** `int bpf_validate(const struct bpf_insn *f, int len)` — 0.4 */
  bpf_validate: { parameters: ["buffer", "i32"], result: "i32", optional: true },
  /** `char *bpf_image(const struct bpf_insn *insn, int n)` — 0.4 */
  bpf_image: { parameters: ["buffer", "i32"], result: "usize", optional: true },
  /** `void bpf_dump(const struct bpf_program *p, int option)` — 0.4 */
  bpf_dump: { parameters: ["buffer", "i32"], result: "void", optional: true },

  // Sending
  /** `int pcap_inject(pcap_t *p, const void *buf, size_t size)` — 0.9 */
  pcap_inject: { parameters: ["usize", "buffer", "usize"], result: "i32", optional: true },
  /** `int pcap_sendpacket(pcap_t *p, const u_char *buf, int size)` — 0.8 */
  pcap_sendpacket: { parameters: ["usize", "buffer", "i32"], result: "i32" },

  // Writing savefiles
  /** `pcap_dumper_t *pcap_dump_open(pcap_t *p, const char *fname)` — 0.4 */
  pcap_dump_open: { parameters: ["usize", "buffer"], result: "usize" },
  /** `pcap_dumper_t *pcap_dump_open_append(pcap_t *p, const char *fname)` — 1.7 */
  pcap_dump_open_append: { parameters: ["usize", "buffer"], result: "usize", optional: true },
  /** `pcap_dumper_t *pcap_dump_fopen(pcap_t *p, FILE *fp)` — 0.9, not Windows */
  pcap_dump_fopen: { parameters: ["usize", "usize"], result: "usize", optional: true },
  /** `pcap_dumper_t *pcap_dump_hopen(pcap_t *p, intptr_t osfd)` — 0.9, Windows */
  pcap_dump_hopen: { parameters: ["usize", "isize"], result: "usize", optional: true },
  /** `void pcap_dump(u_char *user, const struct pcap_pkthdr *h, const u_char *sp)` — 0.4 */
  pcap_dump: { parameters: ["usize", "buffer", "buffer"], result: "void" },
  /** `int pcap_dump_flush(pcap_dumper_t *p)` — 0.8 */
  pcap_dump_flush: { parameters: ["usize"], result: "i32" },
  /** `long pcap_dump_ftell(pcap_dumper_t *p)` — 0.9 */
  pcap_dump_ftell: { parameters: ["usize"], result: "isize" },
  /** `int64_t pcap_dump_ftell64(pcap_dumper_t *p)` — 1.9 */
  pcap_dump_ftell64: { parameters: ["usize"], result: "i64", optional: true },
  /** `FILE *pcap_dump_file(pcap_dumper_t *p)` — 0.8 */
  pcap_dump_file: { parameters: ["usize"], result: "usize" },
  /** `void pcap_dump_close(pcap_dumper_t *p)` — 0.4 */
  pcap_dump_close: { parameters: ["usize"], result: "void" },

  // Devices
  /** `int pcap_findalldevs(pcap_if_t **alldevsp, char *errbuf)` — 0.7 */
  pcap_findalldevs: { parameters: ["buffer", "buffer"], result: "i32" },
  /** `void pcap_freealldevs(pcap_if_t *alldevs)` — 0.7 */
  pcap_freealldevs: { parameters: ["usize"], result: "void" },
  /** `char *pcap_lookupdev(char *errbuf)` — 0.4 */
  pcap_lookupdev: { parameters: ["buffer"], result: "usize", optional: true },
  /** `int pcap_lookupnet(const char *device, bpf_u_int32 *netp, bpf_u_int32 *maskp, char *errbuf)` — 0.4 */
  pcap_lookupnet: { parameters: ["buffer", "buffer", "buffer", "buffer"], result: "i32" },
  /** `const char *pcap_lib_version(void)` — 0.8 */
  pcap_lib_version: { parameters: [], result: "usize" },

  // Names and numbers (pcap/namedb.h)
  /** `struct pcap_etherent *pcap_next_etherent(FILE *fp)` — 0.4 */
  pcap_next_etherent: { parameters: ["usize"], result: "usize", optional: true },
  /** `u_char *pcap_ether_hostton(const char *name)` — 0.4 */
  pcap_ether_hostton: { parameters: ["buffer"], result: "usize", optional: true },
  /** `u_char *pcap_ether_aton(const char *s)` — 0.4 */
  pcap_ether_aton: { parameters: ["buffer"], result: "usize", optional: true },
  /** `bpf_u_int32 **pcap_nametoaddr(const char *name)` — 0.4 */
  pcap_nametoaddr: { parameters: ["buffer"], result: "usize", optional: true },
  /** `struct addrinfo *pcap_nametoaddrinfo(const char *name)` — 0.7 */
  pcap_nametoaddrinfo: { parameters: ["buffer"], result: "usize", optional: true },
  /** `bpf_u_int32 pcap_nametonetaddr(const char *name)` — 0.4 */
  pcap_nametonetaddr: { parameters: ["buffer"], result: "u32", optional: true },
  /** `int pcap_nametoport(const char *name, int *port, int *proto)` — 0.4 */
  pcap_nametoport: { parameters: ["buffer", "buffer", "buffer"], result: "i32", optional: true },
  /** `int pcap_nametoportrange(const char *name, int *port1, int *port2, int *proto)` — 0.9 */
  pcap_nametoportrange: {
    parameters: ["buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `int pcap_nametoproto(const char *name)` — 0.4 */
  pcap_nametoproto: { parameters: ["buffer"], result: "i32", optional: true },
  /** `int pcap_nametoeproto(const char *name)` — 0.4 */
  pcap_nametoeproto: { parameters: ["buffer"], result: "i32", optional: true },
  /** `int pcap_nametollc(const char *name)` — 0.8 */
  pcap_nametollc: { parameters: ["buffer"], result: "i32", optional: true },

  // Remote capture: there only if libpcap was built with it
  /** `pcap_t *pcap_open(const char *source, int snaplen, int flags, int read_timeout, struct pcap_rmtauth *auth, char *errbuf)` — 1.9, remote capture */
  pcap_open: {
    parameters: ["buffer", "i32", "i32", "i32", "buffer", "buffer"],
    result: "usize",
    optional: true,
  },
  /** `int pcap_createsrcstr(char *source, int type, const char *host, const char *port, const char *name, char *errbuf)` — 1.9, remote capture */
  pcap_createsrcstr: {
    parameters: ["buffer", "i32", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `int pcap_parsesrcstr(const char *source, int *type, char *host, char *port, char *name, char *errbuf)` — 1.9, remote capture */
  pcap_parsesrcstr: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `int pcap_findalldevs_ex(const char *source, struct pcap_rmtauth *auth, pcap_if_t **alldevs, char *errbuf)` — 1.9, remote capture */
  pcap_findalldevs_ex: {
    parameters: ["buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `struct pcap_samp *pcap_setsampling(pcap_t *p)` — 1.9, remote capture */
  pcap_setsampling: { parameters: ["usize"], result: "usize", optional: true },
  /** `SOCKET pcap_remoteact_accept(const char *address, const char *port, const char *hostlist, char *connectinghost, struct pcap_rmtauth *auth, char *errbuf)` — 1.9, remote capture */
  pcap_remoteact_accept: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "isize",
    optional: true,
  },
  /** `SOCKET pcap_remoteact_accept_ex(const char *address, const char *port, const char *hostlist, char *connectinghost, struct pcap_rmtauth *auth, int uses_ssl, char *errbuf)` — 1.10, remote capture */
  pcap_remoteact_accept_ex: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "i32", "buffer"],
    result: "isize",
    optional: true,
  },
  /** `int pcap_remoteact_list(char *hostlist, char sep, int size, char *errbuf)` — 1.9, remote capture */
  pcap_remoteact_list: {
    parameters: ["buffer", "i8", "i32", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `int pcap_remoteact_close(const char *host, char *errbuf)` — 1.9, remote capture */
  pcap_remoteact_close: { parameters: ["buffer", "buffer"], result: "i32", optional: true },
  /** `void pcap_remoteact_cleanup(void)` — 1.9, remote capture */
  pcap_remoteact_cleanup: { parameters: [], result: "void", optional: true },

  // Windows (Npcap)
  /** `int pcap_wsockinit(void)` — 0.4, Windows */
  pcap_wsockinit: { parameters: [], result: "i32", optional: true },
  /** `int pcap_setbuff(pcap_t *p, int dim)` — 0.4, Windows */
  pcap_setbuff: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_setmode(pcap_t *p, int mode)` — 0.4, Windows */
  pcap_setmode: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_setmintocopy(pcap_t *p, int size)` — 0.4, Windows */
  pcap_setmintocopy: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `HANDLE pcap_getevent(pcap_t *p)` — 0.4, Windows */
  pcap_getevent: { parameters: ["usize"], result: "usize", optional: true },
  /** `int pcap_oid_get_request(pcap_t *p, bpf_u_int32 oid, void *data, size_t *lenp)` — 1.8, Windows */
  pcap_oid_get_request: {
    parameters: ["usize", "u32", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `int pcap_oid_set_request(pcap_t *p, bpf_u_int32 oid, const void *data, size_t *lenp)` — 1.8, Windows */
  pcap_oid_set_request: {
    parameters: ["usize", "u32", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `pcap_send_queue *pcap_sendqueue_alloc(u_int memsize)` — 0.4, Windows */
  pcap_sendqueue_alloc: { parameters: ["u32"], result: "usize", optional: true },
  /** `void pcap_sendqueue_destroy(pcap_send_queue *queue)` — 0.4, Windows */
  pcap_sendqueue_destroy: { parameters: ["usize"], result: "void", optional: true },
  /** `int pcap_sendqueue_queue(pcap_send_queue *queue, const struct pcap_pkthdr *pkt_header, const u_char *pkt_data)` — 0.4, Windows */
  pcap_sendqueue_queue: {
    parameters: ["usize", "buffer", "buffer"],
    result: "i32",
    optional: true,
  },
  /** `u_int pcap_sendqueue_transmit(pcap_t *p, pcap_send_queue *queue, int sync)` — 0.4, Windows */
  pcap_sendqueue_transmit: { parameters: ["usize", "usize", "i32"], result: "u32", optional: true },
  /** `struct pcap_stat *pcap_stats_ex(pcap_t *p, int *pcap_stat_size)` — 0.4, Windows */
  pcap_stats_ex: { parameters: ["usize", "buffer"], result: "usize", optional: true },
  /** `int pcap_setuserbuffer(pcap_t *p, int size)` — 0.4, Windows */
  pcap_setuserbuffer: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_live_dump(pcap_t *p, char *filename, int maxsize, int maxpacks)` — 0.4, Windows */
  pcap_live_dump: { parameters: ["usize", "buffer", "i32", "i32"], result: "i32", optional: true },
  /** `int pcap_live_dump_ended(pcap_t *p, int sync)` — 0.4, Windows */
  pcap_live_dump_ended: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int pcap_start_oem(char *err_str, int flags)` — 1.0, Windows */
  pcap_start_oem: { parameters: ["buffer", "i32"], result: "i32", optional: true },
  /** `PAirpcapHandle pcap_get_airpcap_handle(pcap_t *p)` — 1.0, Windows */
  pcap_get_airpcap_handle: { parameters: ["usize"], result: "usize", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Other forms of the same functions, which Deno wants declared apart: their addresses, and calls that wait on another
 * thread.
 */
export const PCAP_FORMS = {
  /** Address of `pcap_dump`, the callback that writes savefile records. */
  pcap_dump_address: { name: "pcap_dump", type: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * Functions of the C library. On POSIX systems they are looked up through libpcap, which is linked with them, so that
 * permission for libpcap is all that is needed.
 */
export const LIBC = {
  /** `void *memcpy(void *dest, const void *src, size_t n)`: out of native memory */
  memcpy: { parameters: ["buffer", "usize", "usize"], result: "usize" },
  /** `void *memcpy(void *dest, const void *src, size_t n)`: with `n` 0, the address of a buffer */
  address: { name: "memcpy", parameters: ["buffer", "buffer", "usize"], result: "usize" },
  /** `size_t strlen(const char *s)` */
  strlen: { parameters: ["usize"], result: "usize" },
  /** `void free(void *ptr)` */
  free: { parameters: ["usize"], result: "void" },
  /** `FILE *open_memstream(char **ptr, size_t *sizeloc)` — POSIX */
  open_memstream: { parameters: ["buffer", "buffer"], result: "usize", optional: true },
  /** `FILE *fdopen(int fd, const char *mode)` — POSIX */
  fdopen: { parameters: ["i32", "buffer"], result: "usize", optional: true },
  /** `int setvbuf(FILE *stream, char *buf, int mode, size_t size)`: `buf` is kept */
  setvbuf: { parameters: ["usize", "buffer", "i32", "usize"], result: "i32" },
  /** `int ferror(FILE *stream)` */
  ferror: { parameters: ["usize"], result: "i32" },
  /** `size_t __fpending(FILE *stream)` — glibc, musl */
  __fpending: { parameters: ["usize"], result: "usize", optional: true },
  /** `void __fpurge(FILE *stream)` — glibc, musl */
  __fpurge: { parameters: ["usize"], result: "void", optional: true },
  /** `int __fsetlocking(FILE *stream, int type)` — glibc, musl */
  __fsetlocking: { parameters: ["usize", "i32"], result: "i32", optional: true },
  /** `int memfd_create(const char *name, unsigned int flags)` — Linux */
  memfd_create: { parameters: ["buffer", "u32"], result: "i32", optional: true },
  /** `ssize_t pread(int fd, void *buf, size_t count, off_t offset)` — POSIX */
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize", optional: true },
  /** `int ftruncate(int fd, off_t length)` — POSIX */
  ftruncate: { parameters: ["i32", "i64"], result: "i32", optional: true },
  /** `FILE *fmemopen(void *buf, size_t size, const char *mode)` — POSIX */
  fmemopen: { parameters: ["buffer", "usize", "buffer"], result: "usize", optional: true },
  /** `int fseek(FILE *stream, long offset, int whence)` */
  fseek: { parameters: ["usize", "isize", "i32"], result: "i32" },
  /** `FILE *fopen(const char *pathname, const char *mode)` */
  fopen: { parameters: ["buffer", "buffer"], result: "usize" },
  /** `int fclose(FILE *stream)` */
  fclose: { parameters: ["usize"], result: "i32" },
  /** `int poll(struct pollfd *fds, nfds_t nfds, int timeout)` — POSIX; waits on another thread */
  poll: {
    parameters: ["buffer", "usize", "i32"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  /** `int pipe(int pipefd[2])` — POSIX */
  pipe: { parameters: ["buffer"], result: "i32", optional: true },
  /** `int fcntl(int fd, int cmd, ...)` — POSIX; Apple's processors want the third argument elsewhere: not for macOS */
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32", optional: true },
  /** `ssize_t write(int fd, const void *buf, size_t count)` — POSIX */
  write: { parameters: ["i32", "buffer", "usize"], result: "isize", optional: true },
  /** `int close(int fd)` — POSIX */
  close: { parameters: ["i32"], result: "i32", optional: true },
  /** `int setsockopt(int fd, int level, int name, const void *value, socklen_t length)` — POSIX */
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32", optional: true },
  /** `int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, int flags)` — Linux */
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32", optional: true },
  /** `int ioctl(int fd, unsigned long request, ...)` — POSIX; Apple's processors want the third argument elsewhere: not for macOS */
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32", optional: true },
  /** `int *__errno_location(void)` — Linux */
  __errno_location: { parameters: [], result: "usize", optional: true },
  /** `int *__error(void)` — macOS, BSD */
  __error: { parameters: [], result: "usize", optional: true },
  /** `void freeaddrinfo(struct addrinfo *res)` — POSIX */
  freeaddrinfo: { parameters: ["usize"], result: "void", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of libpcap, loaded. */
export type PcapSymbols = Deno.DynamicLibrary<typeof PCAP & typeof PCAP_FORMS>["symbols"];
/** The functions of the C library, loaded. */
export type LibcSymbols = Deno.DynamicLibrary<typeof LIBC>["symbols"];
