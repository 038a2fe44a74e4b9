#!/bin/bash
# Records tests/captures/ anew: real programs talk in network namespaces, tcpdump and dumpcap write.
#
#     sudo _tools/record_captures.sh [NAME…]      all captures, or only the named groups (see the end)
#
# Everything happens in three namespaces made here, a client, a router and a server in a row:
#
#     pk-c [c0] 10.20.1.2, fd20:1::2 ── [r0] pk-r [r1] ── [s0] pk-s 10.20.2.2, fd20:2::2
#
# and all of it is removed at the end, whatever happens. Needs root and, of Debian:
#
#     tcpdump wireshark-common tshark curl nginx-light dnsmasq-base bind9 bind9-dnsutils bind9-utils
#     avahi-daemon udhcpc isc-dhcp-client iputils-ping iputils-arping traceroute radvd ndisc6 ethtool
#     nftables openssl pppoe nghttp2-client python3-scapy
#
# Timestamps, ports, addresses chosen by programs and the like differ from run to run, so tests that
# compare with what was recorded have to be looked at after a new run.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
out=${OUT:-$root/tests/captures}
work=$(mktemp -d /tmp/record_captures.XXXXXX)
chmod 755 "$work"
python=/usr/bin/python3 # the one that has scapy
pids=()
recorder=

cleanup() {
  local pid
  for pid in "${pids[@]}" ${recorder:+"$recorder"}; do kill "$pid" 2>/dev/null || true; done
  sleep 0.3
  for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  remove_network
  # What the programs said, for whoever changes this.
  if [ -n "${KEEP_LOG:-}" ]; then cp "$work/log" "$KEEP_LOG"; fi
  rm -rf "$work"
}
trap cleanup EXIT

# Removes the namespaces, and first what is left in them: daemons that have put themselves into the
# background would keep them alive. Nothing is in there but what was started here.
remove_network() {
  local ns pid
  for ns in pk-c pk-r pk-s; do
    for pid in $(ip netns pids $ns 2>/dev/null); do kill -9 "$pid" 2>/dev/null || true; done
    ip netns del $ns 2>/dev/null || true
  done
}

c() { ip netns exec pk-c "$@"; }
r() { ip netns exec pk-r "$@"; }
s() { ip netns exec pk-s "$@"; }
# try c|r|s PROGRAM…: it may fail, as some are asked to: what counts is on the wire.
try() {
  local ns=pk-$1
  shift
  echo "+ $ns $*" >>"$work/log"
  timeout 15 ip netns exec "$ns" "$@" >>"$work/log" 2>&1 || true
}

# background NS PROGRAM…: starts a program which is ended by stop_all or at the end.
background() {
  local ns=$1
  shift
  ip netns exec "$ns" "$@" >>"$work/log" 2>&1 &
  pids+=($!)
}
stop_all() {
  local pid
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    # Some daemons only fold their hands on the second request.
    for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  pids=()
}

# record FILE NS INTERFACE [tcpdump arguments]: until `done_`, at most 100 packets.
record() {
  local file=$1 ns=$2 interface=$3
  shift 3
  rm -f "$work/tcpdump.log"
  ip netns exec "$ns" tcpdump -Z root -U --immediate-mode -n -c 100 -i "$interface" -w "$out/$file" \
    "$@" 2>"$work/tcpdump.log" &
  recorder=$!
  for _ in $(seq 50); do
    if grep -q 'listening on' "$work/tcpdump.log" 2>/dev/null; then return; fi
    sleep 0.05
  done
  cat "$work/tcpdump.log" >&2
  return 1
}
done_() {
  sleep 0.3
  kill -INT "$recorder" 2>/dev/null || true
  wait "$recorder" 2>/dev/null || true
  recorder=
}

# Makes the three namespaces, without anything left over from what was recorded before.
network() {
  stop_all
  remove_network
  local ns i
  for ns in pk-c pk-r pk-s; do
    ip netns add $ns
    ip netns exec $ns ip link set lo up
    # Duplicate address detection costs seconds; where it is shown it is switched on again.
    ip netns exec $ns sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
      net.ipv6.conf.default.router_solicitations=0 net.ipv4.ping_group_range="0 0"
  done
  r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
    net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
  s sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
  ip link add c0 address 02:00:00:00:01:02 netns pk-c type veth \
    peer name r0 address 02:00:00:00:01:01 netns pk-r
  ip link add r1 address 02:00:00:00:02:01 netns pk-r type veth \
    peer name s0 address 02:00:00:00:02:02 netns pk-s
  # Without offload, so that what is recorded is what would be on a wire.
  for i in "pk-c c0" "pk-r r0" "pk-r r1" "pk-s s0"; do
    # shellcheck disable=SC2086
    set -- $i
    ip netns exec "$1" ethtool -K "$2" tx off tso off gso off gro off >>"$work/log" 2>&1
    ip netns exec "$1" ip link set "$2" up
  done
  r ip addr add 10.20.1.1/24 dev r0
  r ip addr add fd20:1::1/64 dev r0
  r ip addr add 10.20.2.1/24 dev r1
  r ip addr add fd20:2::1/64 dev r1
  s ip addr add 10.20.2.2/24 dev s0
  s ip addr add fd20:2::2/64 dev s0
  s ip route add default via 10.20.2.1
  s ip -6 route add default via fd20:2::1
}

client() {
  c ip addr add 10.20.1.2/24 dev c0
  c ip addr add fd20:1::2/64 dev c0
  c ip route add default via 10.20.1.1
  c ip -6 route add default via fd20:1::1
  sleep 0.3
}

# --- servers -------------------------------------------------------------------------------------

web_server() {
  local www=$work/www
  mkdir -p "$www/docs"
  echo '<!doctype html><title>pcapkit</title><p>It works.</p>' >"$www/index.html"
  seq -f 'line %g of a document that compresses well' 60 >"$www/docs/lines.txt"
  head -c 30000 /dev/urandom | base64 -w 76 | head -c 24000 >"$www/big.bin"
  echo 'reader:{PLAIN}secret' >"$work/htpasswd"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
    -subj /CN=www.pcapkit.test -keyout "$work/key.pem" -out "$work/cert.pem" 2>>"$work/log"
  cat >"$work/nginx.conf" <<EOF
daemon off; worker_processes 1; user root; pid $work/nginx.pid; error_log $work/log;
events {}
http {
  access_log off; root $www; default_type text/plain; types { text/html html; }
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  gzip on; gzip_min_length 100; gzip_types text/plain;
  server {
    listen 80 fastopen=16; listen [::]:80; listen 8080 http2; listen 443 ssl http2; listen 8443 ssl;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
    location = /old { return 301 /docs/lines.txt; }
    location = /login { add_header Set-Cookie "session=4f2a; Path=/; HttpOnly"; return 200 "hello\n"; }
    location = /form { client_max_body_size 1m; return 200 "thank you\n"; }
    location = /private { auth_basic "private"; auth_basic_user_file $work/htpasswd; try_files /index.html =404; }
  }
}
EOF
  background pk-s nginx -c "$work/nginx.conf"
  sleep 0.6
}

name_server() {
  local zone=$work/zone
  mkdir -p "$zone"
  cat >"$zone/pcapkit.test" <<'EOF'
$TTL 300
@       SOA ns hostmaster ( 2025010601 3600 900 604800 300 )
        NS ns
        NS ns2.example.net.
        MX 10 mail
        MX 20 mail2.example.net.
        TXT "v=spf1 mx -all" "second string"
        CAA 0 issue "ca.example.net"
        CAA 128 iodef "mailto:security@pcapkit.test"
        NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:info@pcapkit.test!" .
        HINFO "RISC-V" "LINUX"
        LOC 52 22 23.000 N 4 53 32.000 E -2.00m 1m 10000m 10m
        RP hostmaster contact
ns      A 10.20.2.2
        AAAA fd20:2::2
www     A 10.20.2.2
        A 10.20.2.3
        AAAA fd20:2::2
        HTTPS 1 . alpn=h2,h3 port=443 ipv4hint=10.20.2.2 ipv6hint=fd20:2::2
        SSHFP 4 2 2121212121212121212121212121212121212121212121212121212121212121
mail    A 10.20.2.25
alias   CNAME www
old     DNAME new.pcapkit.test.
_sip._tcp        SRV 10 60 5060 www
_443._tcp.www    TLSA 3 1 1 abababababababababababababababababababababababababababababababab
_dns             SVCB 1 ns alpn=dot port=853 mandatory=port
_ftp._tcp        URI 10 1 "ftp://ftp.pcapkit.test/public"
key     OPENPGPKEY AQIDBAUGBwg=
eui     EUI48 02-00-00-00-01-02
child   NS ns.child
ns.child A 10.20.2.9
long    TXT "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" "cccccccccccccccccccccccccccccccccccccccccccccccccccc"
EOF
  cat >"$zone/reverse" <<'EOF'
$TTL 300
@ SOA ns.pcapkit.test. hostmaster.pcapkit.test. ( 1 3600 900 604800 300 )
  NS ns.pcapkit.test.
2 PTR www.pcapkit.test.
EOF
  (
    cd "$zone"
    sed -e 's/^child.*//; s/^ns.child.*//' pcapkit.test >signed.test
    sed -i -e '/^old/d' signed.test
    for flags in "" "-f KSK"; do
      # shellcheck disable=SC2086
      dnssec-keygen -q -K . -a ECDSAP256SHA256 $flags signed.test >>"$work/log" 2>&1
    done
    printf 'child NS ns.child\nns.child A 10.20.2.9\n' >>signed.test
    echo 'child DS 12345 13 2 49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC0011' >>signed.test
    dnssec-signzone -S -3 5A17 -H 1 -o signed.test -f signed.out signed.test >>"$work/log" 2>&1
    sed -e '/^old/d' pcapkit.test >nsec.test
    for flags in "" "-f KSK"; do
      # shellcheck disable=SC2086
      dnssec-keygen -q -K . -a ED25519 $flags nsec.test >>"$work/log" 2>&1
    done
    dnssec-signzone -S -o nsec.test -f nsec.out nsec.test >>"$work/log" 2>&1
  )
  cat >"$work/named.conf" <<EOF
options {
  directory "$zone"; recursion no; dnssec-validation no; listen-on { 10.20.2.2; }; listen-on-v6 { fd20:2::2; };
  pid-file none; session-keyfile none; allow-transfer { any; }; server-id "pcapkit"; notify no;
  managed-keys-directory "$zone";
};
controls {};
zone "pcapkit.test" { type primary; file "pcapkit.test"; allow-update { any; }; };
zone "signed.test" { type primary; file "signed.out"; };
zone "nsec.test" { type primary; file "nsec.out"; };
zone "2.20.10.in-addr.arpa" { type primary; file "reverse"; };
EOF
  background pk-s named -g -u root -c "$work/named.conf"
  sleep 1.2
}

dhcp_server() {
  background pk-r dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --user=root \
    --interface=r0 --bind-interfaces --no-ping --leasefile-ro --dhcp-authoritative --log-facility=- \
    --pid-file= --dhcp-range=10.20.1.100,10.20.1.150,255.255.255.0,10m \
    --dhcp-range=fd20:1::100,fd20:1::1ff,64,10m --domain=pcapkit.test --dhcp-no-override \
    --dhcp-option=option:router,10.20.1.1 --dhcp-option=option:dns-server,10.20.2.2,10.20.2.3 \
    --dhcp-option=option:ntp-server,10.20.2.4 --dhcp-option=option:mtu,1400 \
    --dhcp-option=option:domain-search,pcapkit.test,example.net \
    --dhcp-option=option:classless-static-route,10.30.0.0/16,10.20.1.1,0.0.0.0/0,10.20.1.1 \
    --dhcp-option=option:log-server,10.20.2.5 --dhcp-option=option:netbios-ns,10.20.2.6 \
    --dhcp-option=option:tftp-server,tftp.pcapkit.test --dhcp-option=option:T1,300 \
    --dhcp-option=option:posix-timezone,CET-1CEST --dhcp-option=252,http://10.20.2.2/wpad.dat \
    --dhcp-option=option6:dns-server,[fd20:2::2] --dhcp-option=option6:domain-search,pcapkit.test \
    --dhcp-option=option6:ntp-server,[fd20:2::4] --dhcp-boot=boot.efi,tftp,10.20.2.7
  sleep 0.8
}

# What udhcpc calls: takes the address, so that the renewal comes from it.
dhcp_script() {
  cat >"$work/udhcpc.sh" <<'EOF'
#!/bin/sh
case $1 in
deconfig) ip -4 addr flush dev "$interface" ;;
bound) ip addr add "$ip/24" dev "$interface"; ip route replace default via "${router%% *}" ;;
esac
EOF
  chmod +x "$work/udhcpc.sh"
}

# tunnel NS MODE DEVICE WIRE PEER ADDRESS…: the ends of tunnels this kernel has no device for. Real
# programs' packets go into a tun or tap device; this puts a header before them, and back.
cat >"$work/tunnel.py" <<'EOF'
import fcntl, os, select, socket, struct, sys

mode, device, wire, peer = sys.argv[1:5]
tap = mode in ("vlan", "qinq")
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, 0x400454CA, struct.pack("16sH", device.encode(), (2 if tap else 1) | 0x1000))
with open(f"/sys/class/net/{wire}/address") as f:
    mac = bytes.fromhex(f.read().strip().replace(":", ""))
TAGS = {"vlan": b"\x81\x00\x60\x2a", "qinq": b"\x88\xa8\x00\x64\x81\x00\xa0\x2a"}
PROTOCOLS = {"gre": 47, "ipip": 4, "6in4": 41}
if mode in PROTOCOLS:
    link = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOLS[mode])
    link.connect((peer, 0))
else:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    link.bind((wire, 0))
    link.setsockopt(263, 8, 1)  # PACKET_AUXDATA: the kernel takes the outer tag off
    peer = bytes.fromhex(peer.replace(":", ""))
sequence = 0


def wrap(packet):
    global sequence
    v6 = not tap and packet[0] >> 4 == 6
    if tap:
        return packet[:12] + TAGS[mode] + packet[12:]
    if mode == "gre":
        sequence += 1
        return struct.pack("!HHII", 0x3000, 0x86DD if v6 else 0x0800, 42, sequence) + packet
    if mode == "mpls":
        # Two labels; 2 is explicit null for IPv6, which says what is inside.
        bottom = 2 if v6 else 1042
        head = struct.pack("!II", 16042 << 12 | 3 << 9 | 64, bottom << 12 | 1 << 8 | 64)
        return peer + mac + b"\x88\x47" + head + packet
    if mode == "pppoe":
        head = struct.pack("!BBHHH", 0x11, 0, 7, len(packet) + 2, 0x57 if v6 else 0x21)
        return peer + mac + b"\x88\x64" + head + packet
    return packet


def unwrap():
    if mode in PROTOCOLS:
        data = link.recv(65535)
        data = data[(data[0] & 15) * 4 :]
        return data[12:] if mode == "gre" else data
    data, extra, _, address = link.recvmsg(65535, 256)
    if address[2] == socket.PACKET_OUTGOING:
        return None
    if tap:
        for level, kind, value in extra:
            if (level, kind) == (263, 8):
                status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", value)
                if status & 16:
                    data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        tags = TAGS[mode]
        if data[12 : 12 + len(tags)] != tags:
            return None
        return data[:12] + data[12 + len(tags) :]
    if mode == "mpls" and data[12:14] == b"\x88\x47":
        return data[22:]
    if mode == "pppoe" and data[12:14] == b"\x88\x64":
        return data[22 : 20 + int.from_bytes(data[18:20], "big")]
    return None


while True:
    for ready in select.select([tun, link], [], [])[0]:
        if ready is link:
            packet = unwrap()
            if packet:
                try:
                    os.write(tun, packet)
                except OSError:
                    pass  # the device is not up yet
        else:
            link.send(wrap(os.read(tun, 65535)))
EOF

# tunnel MODE C_PEER S_PEER: between client and router, with 10.99.0.0/24 and fd99::/64 inside.
tunnel() {
  local mode=$1
  background pk-c $python "$work/tunnel.py" "$mode" tun9 c0 "$2"
  background pk-r $python "$work/tunnel.py" "$mode" tun9 r0 "$3"
  sleep 0.6
  local ns n=0
  for ns in pk-r pk-c; do
    n=$((n + 1))
    # As on the wire below it, and with a MAC address to tell them apart.
    case $mode in
    vlan | qinq)
      ip netns exec $ns ip link set tun9 address 02:00:00:00:09:0$n
      ip netns exec $ns ethtool -K tun9 tx off tso off gso off >>"$work/log" 2>&1 || true
      ;;
    esac
    ip netns exec $ns ip link set tun9 mtu 1400
    ip netns exec $ns sysctl -qw net.ipv6.conf.tun9.addr_gen_mode=1
    ip netns exec $ns ip link set tun9 up
    ip netns exec $ns ip addr add 10.99.0.$n/24 dev tun9
    ip netns exec $ns ip addr add fd99::$n/64 dev tun9
  done
  sleep 0.2
}

small_web() { # a server for one request, in the router
  background pk-r $python -m http.server --directory "$work/small" 80
  mkdir -p "$work/small"
  echo 'through the tunnel' >"$work/small/hello.txt"
  sleep 0.6
}

# --- captures ------------------------------------------------------------------------------------

record_icmp() {
  network
  client
  record arp-icmp.pcap pk-c c0
  try c ping -n -c 4 -i 0.2 10.20.1.1
  try c arping -c 2 -I c0 10.20.1.1
  try c arping -c 1 -U -I c0 10.20.1.2
  try c arping -c 1 -A -I c0 10.20.1.2
  try c arping -w 1 -c 1 -D -I c0 10.20.1.1
  try c ping -n -c 1 -s 0 10.20.2.2
  try c ping -n -c 2 -i 0.2 -b 10.20.1.255
  done_

  record ipv4-options.pcap pk-c c0 ip
  try c ping -n -c 2 -i 0.2 -R 10.20.2.2
  try c ping -n -c 2 -i 0.2 -T tsandaddr 10.20.2.2
  try c ping -n -c 2 -i 0.2 -T tsonly 10.20.2.2
  try c ping -n -c 1 -Q 0xb8 10.20.2.2
  try c $python - <<'EOF'
from scapy.all import *
for options in ([IPOption_Router_Alert()], [IPOption_LSRR(routers=["10.20.1.1", "10.20.2.2"])],
                [IPOption_SSRR(routers=["10.20.2.2"])], [IPOption_Stream_Id(security=7)],
                [IPOption_NOP(), IPOption_NOP(), IPOption_EOL()]):
    sendp(Ether(src="02:00:00:00:01:02", dst="02:00:00:00:01:01") /
          IP(src="10.20.1.2", dst="10.20.2.2", options=options) / ICMP(id=7) / b"options", iface="c0")
EOF
  done_

  record traceroute.pcap pk-c c0 ip or ip6
  try c traceroute -n -q 2 -m 4 10.20.2.2
  try c traceroute -n -q 1 -m 4 -I 10.20.2.2
  try c traceroute -n -q 1 -m 4 -T -p 80 10.20.2.2
  try c traceroute -6 -n -q 2 -m 4 fd20:2::2
  done_

  r ip route add prohibit 10.30.0.0/24
  r ip route add unreachable 10.31.0.0/24
  r ip -6 route add prohibit fd30::/64
  r ip -6 route add unreachable fd31::/64
  r sysctl -qw net.ipv4.neigh.r1.retrans_time_ms=100 net.ipv6.neigh.r1.retrans_time_ms=100
  record icmp-unreachable.pcap pk-c c0 ip or ip6
  for to in 10.20.2.2 fd20:2::2 10.30.0.1 10.31.0.1 fd30::1 fd31::1 10.20.2.77 fd20:2::77; do
    try c dig +tries=1 +time=1 -p 9953 @$to port.closed.test
  done
  try c ping -n -c 1 -W 1 10.30.0.1
  # A redirect: the router knows that the way goes back into the client's network.
  r ip route add 10.40.0.0/24 via 10.20.1.77
  try c ping -n -c 1 -W 1 10.40.0.1
  done_

  r ip link set r1 mtu 1300
  record path-mtu.pcap pk-c c0 ip or ip6
  try c ping -n -c 2 -i 0.2 -s 1400 -M do 10.20.2.2
  try c ping -n -c 1 -W 1 -s 1200 -M do 10.20.2.2
  try c ping -6 -n -c 1 -i 0.3 -W 1 -s 1400 -M do fd20:2::2
  c ip route flush cache
  c ip -6 route flush cache
  # TCP notices and sends smaller segments.
  background pk-s $python -c 'import socket
for family, address in ((socket.AF_INET, "10.20.2.2"), (socket.AF_INET6, "fd20:2::2")):
    l = socket.socket(family); l.bind((address, 20001)); l.listen(); p, _ = l.accept()
    while p.recv(9999): pass
    p.close()'
  for to in 10.20.2.2 fd20:2::2; do
    sleep 0.3
    try c $python -c "import socket; s = socket.create_connection(('$to', 20001)); s.sendall(bytes(4000)); s.close()"
  done
  done_
  r ip link set r1 mtu 1500
  c ip route flush cache
  c ip -6 route flush cache

  record ipv4-fragments.pcap pk-c c0 ip
  try c ping -n -c 3 -i 0.2 -s 4000 10.20.1.1
  done_
  record ipv6-fragments.pcap pk-c c0 ip6
  try c ping -6 -n -c 3 -i 0.2 -s 4000 fd20:1::1
  done_
}

record_icmpv6() {
  network
  c sysctl -qw net.ipv6.conf.c0.accept_dad=1 net.ipv6.conf.all.accept_dad=1
  c ip link set c0 down
  record icmpv6-nd.pcap pk-c any -y LINUX_SLL ip6 # started first: the device is down
  done_
  record icmpv6-nd.pcap pk-r r0 ip6
  c ip link set c0 up
  c ip addr add fd20:1::2/64 dev c0
  sleep 2.2
  try c ping -6 -n -c 3 -i 0.2 fd20:1::1
  try c ping -6 -n -c 2 -i 0.2 ff02::1%c0
  c ip addr add fd20:1::1/64 dev c0 # taken: detection fails
  sleep 0.5
  c ip addr del fd20:1::1/64 dev c0
  try c ndisc6 -1 fd20:1::1 c0
  done_

  cat >"$work/radvd.conf" <<'EOF'
interface r0 {
  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvManagedFlag on; AdvOtherConfigFlag on;
  AdvLinkMTU 1400; AdvDefaultPreference high; AdvCurHopLimit 64; AdvReachableTime 30000;
  AdvRetransTimer 1000; AdvHomeAgentFlag on; AdvIntervalOpt on; AdvHomeAgentInfo on; HomeAgentLifetime 600;
  prefix fd20:1::/64 { AdvOnLink on; AdvAutonomous on; AdvRouterAddr on; };
  prefix fd20:a::/64 { AdvOnLink on; AdvAutonomous off; AdvValidLifetime 600; AdvPreferredLifetime 300; };
  route fd30::/48 { AdvRoutePreference low; AdvRouteLifetime 900; };
  RDNSS fd20:2::2 fd20:2::3 { AdvRDNSSLifetime 600; };
  DNSSL pcapkit.test example.net { AdvDNSSLLifetime 600; };
};
EOF
  record icmpv6-ra.pcap pk-c c0 ip6
  c sysctl -qw net.ipv6.conf.c0.accept_ra=2
  background pk-r radvd -n -m stderr -C "$work/radvd.conf" -p "$work/radvd.pid"
  sleep 1
  try c rdisc6 -1 c0
  sleep 3.5
  stop_all
  done_

  network
  client
  s sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.s0.seg6_enabled=1
  c sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.c0.seg6_enabled=1
  r sysctl -qw net.ipv6.conf.all.seg6_enabled=1 net.ipv6.conf.r0.seg6_enabled=1
  s ip -6 addr add fd99::2/64 dev lo
  c ip -6 route add fd99::/64 encap seg6 mode inline segs fd20:1::1,fd20:2::2 dev c0
  record ipv6-extensions.pcap pk-c c0 ip6
  try c ping -6 -n -c 2 -i 0.2 -W 1 fd99::2
  c ip -6 route replace fd99::/64 encap seg6 mode encap segs fd20:1::1,fd20:2::2 dev c0
  try c ping -6 -n -c 2 -i 0.2 -W 1 fd99::2
  try c $python - <<'EOF'
from scapy.all import *
base = Ether(src="02:00:00:00:01:02", dst="02:00:00:00:01:01") / IPv6(src="fd20:1::2", dst="fd20:1::1")
echo = ICMPv6EchoRequest(id=7, data=b"extensions")
for between in (IPv6ExtHdrHopByHop(options=[RouterAlert(value=0), PadN(optdata=b"")]),
                IPv6ExtHdrDestOpt(options=[HAO(hoa="fd20:1::9")]),
                IPv6ExtHdrHopByHop(options=[Pad1(), PadN(optdata=b"\0\0\0")]) /
                IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]),
                IPv6ExtHdrRouting(addresses=[]),
                IPv6ExtHdrFragment(id=99)):
    sendp(base / between / echo, iface="c0")
# An unknown option that asks for an answer, and a header nobody knows.
sendp(base / IPv6ExtHdrDestOpt(options=[HBHOptUnknown(otype=0x9e, optdata=b"ask!")]) / echo, iface="c0")
e = base.copy()
e[IPv6].nh = 253
sendp(e / b"experiment", iface="c0")
sendp(base / UDP(sport=9, dport=9) / b"closed", iface="c0")
EOF
  done_
}

record_dns() {
  network
  client
  name_server
  local q="c dig +tries=1 +time=2 @10.20.2.2"
  record dns-udp.pcap pk-c c0 port 53
  for name in "www A" "www AAAA" "@ MX" "@ TXT" "@ SOA" "@ NS" "_sip._tcp SRV" "@ CAA" "@ NAPTR" \
    "www HTTPS" "_dns SVCB" "alias A" "x.old A" "@ HINFO" "@ LOC" "@ RP" "www SSHFP" \
    "_443._tcp.www TLSA" "_ftp._tcp URI" "key OPENPGPKEY" "eui EUI48" "x.child A" "missing A"; do
    # shellcheck disable=SC2086
    set -- $name
    [ "$1" = @ ] && name=pcapkit.test || name=$1.pcapkit.test
    # shellcheck disable=SC2086
    try $q $name "$2"
  done
  try $q -x 10.20.2.2
  try $q +noedns www.pcapkit.test A
  try $q +nsid +subnet=10.20.1.0/24 +padding=64 +expire pcapkit.test SOA
  try $q +ignore +bufsize=512 long.pcapkit.test TXT
  try $q CH version.bind TXT
  try $q elsewhere.example A
  try $q +ednsopt=65001:c0ffee www.pcapkit.test A
  try $q +edns=5 +noednsnegotiation www.pcapkit.test A
  try $q +opcode=status www.pcapkit.test A
  try c dig +tries=1 +time=2 @fd20:2::2 www.pcapkit.test AAAA
  printf 'server 10.20.2.2\nzone pcapkit.test\nupdate add new.pcapkit.test 60 A 10.20.2.8\nsend\n' >"$work/update"
  try c nsupdate "$work/update"
  try c nsupdate <(printf 'server 10.20.2.2\nzone pcapkit.test\nprereq nxdomain new.pcapkit.test\nupdate add new.pcapkit.test 60 A 10.20.2.8\nsend\n')
  done_

  record dns-tcp.pcap pk-c c0 port 53
  try $q +tcp www.pcapkit.test A
  try $q +tcp +keepalive pcapkit.test ANY
  try $q pcapkit.test AXFR
  try $q +bufsize=512 long.pcapkit.test TXT
  try $q +tcp +keepopen www.pcapkit.test A mail.pcapkit.test A alias.pcapkit.test AAAA
  done_

  record dns-dnssec.pcap pk-c c0 port 53
  for name in "www A" "@ DNSKEY" "@ SOA" "@ NSEC3PARAM" "missing A" "www TXT" "child DS" "@ RRSIG"; do
    # shellcheck disable=SC2086
    set -- $name
    [ "$1" = @ ] && name=signed.test || name=$1.signed.test
    # shellcheck disable=SC2086
    try $q +dnssec +notcp $name "$2"
  done
  try $q +dnssec nsec.test DNSKEY
  try $q +dnssec +cdflag missing.nsec.test A
  try $q +dnssec www.nsec.test MX
  done_
}

record_mdns() {
  network
  client
  local ns
  for ns in pk-c pk-s; do
    mkdir -p "$work/$ns/services" "$work/$ns/run"
    cat >"$work/$ns/avahi-daemon.conf" <<EOF
[server]
host-name=${ns/pk-/host-}
use-ipv4=yes
use-ipv6=yes
enable-dbus=no
[publish]
publish-hinfo=yes
publish-workstation=yes
EOF
  done
  cat >"$work/pk-c/services/http.service" <<'EOF'
<service-group><name replace-wildcards="yes">Web on %h</name>
<service><type>_http._tcp</type><subtype>_printer._sub._http._tcp</subtype><port>80</port>
<txt-record>path=/index.html</txt-record><txt-record>version=1</txt-record></service></service-group>
EOF
  record mdns.pcap pk-r r0 port 5353
  background pk-c sh -c "mkdir -p /run/avahi-daemon && mount -t tmpfs none /run/avahi-daemon &&
    mount --bind $work/pk-c/services /etc/avahi/services &&
    exec avahi-daemon -f $work/pk-c/avahi-daemon.conf --no-drop-root --no-chroot --no-rlimits"
  sleep 3
  for name in "_services._dns-sd._udp.local PTR" "_http._tcp.local PTR" "host-c.local A" \
    "host-c.local AAAA" "host-c.local ANY"; do
    # shellcheck disable=SC2086
    try r dig +tries=1 +time=1 +noedns -b 10.20.1.1 -p 5353 @224.0.0.251 $name
  done
  stop_all # says goodbye
  sleep 0.5
  done_
}

record_dhcp() {
  network
  dhcp_server
  dhcp_script
  record dhcp.pcap pk-c c0 udp port 67 or udp port 68 or arp
  ip netns exec pk-c udhcpc -f -i c0 -s "$work/udhcpc.sh" -p "$work/udhcpc.pid" -x hostname:probe \
    -F probe.pcapkit.test -V pcapkit -x 0x3d:01020000000102 -O search -O staticroutes -O 26 -O 42 \
    -O 44 -O 66 -O 100 -O 252 -O 7 >>"$work/log" 2>&1 &
  pids+=($!)
  sleep 3
  kill -USR1 "$(cat "$work/udhcpc.pid")" # renew
  sleep 1.5
  kill -USR2 "$(cat "$work/udhcpc.pid")" # release
  sleep 0.7
  kill "$(cat "$work/udhcpc.pid")" 2>/dev/null || true
  # An address from another network: refused.
  printf 'lease { interface "c0"; fixed-address 10.77.0.7; option subnet-mask 255.255.255.0; option dhcp-lease-time 9999; option dhcp-server-identifier 10.20.1.1; renew 0 2030/01/01 00:00:00; rebind 0 2030/01/02 00:00:00; expire 0 2030/01/03 00:00:00; }\n' >"$work/leases"
  try c dhclient -1 -v -4 -sf /bin/true -lf "$work/leases" -pf "$work/dhclient.pid" c0
  [ -f "$work/dhclient.pid" ] && kill "$(cat "$work/dhclient.pid")" 2>/dev/null || true
  done_

  record dhcpv6.pcap pk-c c0 udp port 546 or udp port 547
  try c dhclient -6 -1 -sf /bin/true -lf "$work/leases6" -pf "$work/dhclient6.pid" c0
  try c dhclient -6 -r -sf /bin/true -lf "$work/leases6" -pf "$work/dhclient6.pid" c0
  try c dhclient -6 -S -1 -sf /bin/true -lf "$work/leases6" -pf "$work/dhclient6.pid" c0
  [ -f "$work/dhclient6.pid" ] && kill "$(cat "$work/dhclient6.pid")" 2>/dev/null || true
  done_
}

record_http() {
  network
  client
  web_server
  local url=http://10.20.2.2
  record http.pcap pk-c c0 tcp port 80
  try c curl -sS $url/ $url/missing $url/docs/lines.txt -o /dev/null -o /dev/null -o /dev/null
  try c curl -sS -L --compressed $url/old -o /dev/null
  try c curl -sS -c "$work/jar" -b "$work/jar" $url/login $url/login -o /dev/null -o /dev/null
  try c curl -sS -d 'name=pcapkit&kind=test' $url/form $url/private -o /dev/null -o /dev/null
  try c curl -sS -u reader:secret $url/private -o /dev/null
  done_
  record http-more.pcap pk-c c0 tcp port 80
  try c curl -sS -H 'Transfer-Encoding: chunked' -F file=@"$work/www/index.html" $url/form -o /dev/null
  try c curl -sS -H 'Expect: 100-continue' -T "$work/www/index.html" $url/form -o /dev/null
  try c curl -sS -I $url/docs/lines.txt
  try c curl -sS -r 0-99,200-299 $url/docs/lines.txt -o /dev/null
  try c curl -sS -X DELETE $url/index.html -o /dev/null
  try c curl -sS -0 "http://[fd20:2::2]/" -o /dev/null
  done_
  record http2.pcap pk-c c0 tcp port 8080
  try c nghttp -n $url:8080/ $url:8080/login $url:8080/docs/lines.txt $url:8080/missing
  done_
  record tls.pcap pk-c c0 tcp port 443
  local resolve="--resolve www.pcapkit.test:443:10.20.2.2"
  # shellcheck disable=SC2086
  try c curl -sS -k $resolve https://www.pcapkit.test/ -o /dev/null
  # shellcheck disable=SC2086
  try c curl -sS -k $resolve --tls-max 1.2 --http1.1 https://www.pcapkit.test/ -o /dev/null
  # shellcheck disable=SC2086
  try c curl -sS $resolve https://www.pcapkit.test/ -o /dev/null # does not trust the certificate: alert
  done_
}

record_tcp() {
  network
  client
  web_server
  # Every sixth packet with data from the server is lost in the router.
  r nft add table ip lossy
  r nft add chain ip lossy forward '{ type filter hook forward priority 0; }'
  r nft add rule ip lossy forward ip saddr 10.20.2.2 meta length '> 1000' numgen inc mod 6 == 3 drop
  record tcp-loss.pcap pk-c c0 tcp
  try c curl -sS http://10.20.2.2/big.bin -o /dev/null
  done_
  r nft delete table ip lossy

  record tcp-states.pcap pk-c c0 tcp
  try c curl -sS http://10.20.2.2:9999/ # refused: RST
  c sysctl -qw net.ipv4.tcp_ecn=1 net.ipv4.tcp_fastopen=3
  s sysctl -qw net.ipv4.tcp_ecn=1 net.ipv4.tcp_fastopen=3
  try c curl -sS --tcp-fastopen http://10.20.2.2/ -o /dev/null # asks for a cookie
  try c curl -sS --tcp-fastopen http://10.20.2.2/ -o /dev/null # data in the SYN
  c sysctl -qw net.ipv4.tcp_timestamps=0 net.ipv4.tcp_sack=0 net.ipv4.tcp_window_scaling=0
  try c curl -sS http://10.20.2.2/ -o /dev/null # hardly an option
  c sysctl -qw net.ipv4.tcp_timestamps=1 net.ipv4.tcp_sack=1 net.ipv4.tcp_window_scaling=1
  # Urgent data, keep-alive, a closed window and an abort, and MD5 signatures.
  cat >"$work/tcp.py" <<'EOF'
import socket, struct, sys, time
TCP_MD5SIG = 14
def md5(sock, address):
    key = b"secret"
    sa = struct.pack("!HH4s", 0, 0, socket.inet_aton(address)).ljust(128, b"\0")
    sa = struct.pack("H", socket.AF_INET) + sa[2:]
    sock.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, sa + struct.pack("BBHi80s", 0, 0, len(key), 0, key))
if sys.argv[1] == "server":
    for port in (7001, 7002):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if port == 7001:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        else:
            try: md5(listener, "10.20.1.2")
            except OSError as e: print("no MD5:", e)
        listener.bind(("", port)); listener.listen()
        peer, _ = listener.accept()
        if port == 7001:
            time.sleep(1.5)
            try:
                while peer.recv(4096): pass
            except ConnectionResetError: pass
        else:
            peer.sendall(peer.recv(100))
        peer.close()
else:
    time.sleep(0.3)
    s = socket.create_connection(("10.20.2.2", 7001))
    s.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
    s.send(b"first"); s.send(b"!", socket.MSG_OOB)
    s.settimeout(0.8)
    try: s.sendall(b"x" * 8000)
    except TimeoutError: pass
    time.sleep(2.5)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
    time.sleep(0.5)
    s = socket.socket()
    try: md5(s, "10.20.2.2")
    except OSError as e: print("no MD5:", e)
    s.settimeout(3)
    s.connect(("10.20.2.2", 7002)); s.sendall(b"signed"); s.recv(100); s.close()
EOF
  background pk-s $python "$work/tcp.py" server
  try c $python "$work/tcp.py" client
  done_

  network
  client
  c ip addr add 10.20.1.3/24 dev c0
  c ip mptcp limits set subflow 4 add_addr_accepted 4
  s ip mptcp limits set subflow 4 add_addr_accepted 4
  c ip mptcp endpoint add 10.20.1.3 dev c0 subflow backup
  s ip addr add 10.20.2.4/24 dev s0
  s ip mptcp endpoint add 10.20.2.4 dev s0 signal
  cat >"$work/mptcp.py" <<'EOF'
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)
if sys.argv[1] == "server":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", 7000)); s.listen()
    peer, _ = s.accept()
    while data := peer.recv(4096): peer.sendall(data)
    peer.close()
else:
    time.sleep(0.3)
    s.connect(("10.20.2.2", 7000))
    for n in range(4):
        s.sendall(b"multipath %d" % n); s.recv(100); time.sleep(0.3)
    s.close(); time.sleep(0.3)
EOF
  record mptcp.pcap pk-c c0 tcp
  background pk-s $python "$work/mptcp.py" server
  try c $python "$work/mptcp.py" client
  done_
}

record_multicast() {
  network
  client
  # The router's end becomes a bridge that asks who listens, and speaks spanning tree.
  r ip link add br0 type bridge stp_state 1 forward_delay 200 hello_time 100 mcast_querier 1 \
    mcast_query_interval 200 mcast_query_response_interval 100 mcast_startup_query_interval 200 \
    mcast_last_member_interval 50 mcast_igmp_version 3 mcast_mld_version 2
  cat >"$work/join.py" <<'EOF'
import socket, struct, time
four = socket.inet_aton
own = four("10.20.1.2")
a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
a.setsockopt(0, socket.IP_ADD_MEMBERSHIP, four("239.1.1.1") + own)
b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
b.setsockopt(0, 39, four("232.1.1.1") + own + four("10.20.2.2"))  # IP_ADD_SOURCE_MEMBERSHIP
b.setsockopt(0, 39, four("232.1.1.1") + own + four("10.20.2.3"))
b.setsockopt(0, socket.IP_ADD_MEMBERSHIP, four("239.1.1.2") + own)
b.setsockopt(0, 38, four("239.1.1.2") + own + four("10.20.2.9"))  # IP_BLOCK_SOURCE
c = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
index = socket.if_nametoindex("c0")
six = lambda text: socket.inet_pton(socket.AF_INET6, text)
c.setsockopt(41, socket.IPV6_JOIN_GROUP, six("ff05::1234") + struct.pack("I", index))
storage = lambda text: struct.pack("=HHI16sI", 10, 0, 0, six(text), 0).ljust(128, b"\0")
c.setsockopt(41, 46, struct.pack("=I4x", index) + storage("ff35::99") + storage("fd20:2::2"))
time.sleep(3)
a.setsockopt(0, socket.IP_DROP_MEMBERSHIP, four("239.1.1.1") + own)
b.setsockopt(0, 40, four("232.1.1.1") + own + four("10.20.2.3"))  # IP_DROP_SOURCE_MEMBERSHIP
c.setsockopt(41, socket.IPV6_LEAVE_GROUP, six("ff05::1234") + struct.pack("I", index))
time.sleep(0.5)
EOF
  r ip addr flush dev r0
  r ip link set br0 address 02:00:00:00:01:01
  record stp.pcap pk-c c0 stp
  r ip link set r0 master br0
  r ip link set br0 up
  r ip addr add 10.20.1.1/24 dev br0
  sleep 9
  done_
  r ip link set br0 type bridge stp_state 0
  sleep 1.5
  record igmpv3.pcap pk-c c0 igmp
  try c $python "$work/join.py"
  done_
  record mldv2.pcap pk-c c0 ip6 # the filter icmp6 does not look behind hop-by-hop options
  try c $python "$work/join.py"
  done_
  r ip link set br0 type bridge mcast_igmp_version 2 mcast_mld_version 1
  c sysctl -qw net.ipv4.conf.c0.force_igmp_version=2 net.ipv6.conf.c0.force_mld_version=1
  record igmpv2-mldv1.pcap pk-c c0 igmp or ip6
  try c $python "$work/join.py"
  done_
}

record_tunnels() {
  local mode
  for mode in vlan qinq gre ipip 6in4 mpls pppoe; do
    network
    client
    case $mode in
    gre | ipip | 6in4) tunnel $mode 10.20.1.1 10.20.1.2 ;;
    *) tunnel $mode 02:00:00:00:01:01 02:00:00:00:01:02 ;;
    esac
    small_web
    local filter=
    case $mode in
    vlan | qinq | mpls | pppoe) ;; # filters look behind no tags; nothing else is sent here
    *) filter='ip' ;;
    esac
    # shellcheck disable=SC2086
    record $mode.pcap pk-c c0 $filter
    if [ $mode = pppoe ]; then
      # The session is the tunnel's; how one is found is shown by the programs for that.
      background pk-r pppoe-server -F -I r0 -C pk-concentrator -S internet -L 10.99.0.1
      sleep 0.5
      try c pppoe -A -I c0 -t 1
    fi
    if [ $mode != 6in4 ]; then
      try c ping -n -c 3 -i 0.2 10.99.0.1
      try c curl -sS -m 5 http://10.99.0.1/hello.txt -o /dev/null
    fi
    if [ $mode != ipip ]; then try c ping -6 -n -c 3 -i 0.2 fd99::1; fi
    done_
  done

  network
  client
  c ip link add vx0 address 02:00:00:00:09:02 type vxlan id 42 local 10.20.1.2 remote 10.20.1.1 dstport 4789 dev c0
  r ip link add vx0 address 02:00:00:00:09:01 type vxlan id 42 local 10.20.1.1 remote 10.20.1.2 dstport 4789 dev r0
  local n=3
  for ns in pk-c pk-r; do
    n=$((n - 1))
    ip netns exec $ns ethtool -K vx0 tx off tso off gso off >>"$work/log" 2>&1 || true
    ip netns exec $ns ip link set vx0 up
    ip netns exec $ns ip addr add 10.99.0.$n/24 dev vx0
    ip netns exec $ns ip addr add fd99::$n/64 dev vx0
  done
  small_web
  record vxlan.pcap pk-c c0 udp port 4789
  try c ping -n -c 3 -i 0.2 10.99.0.1
  try c ping -6 -n -c 2 -i 0.2 fd99::1
  try c curl -sS http://10.99.0.1/hello.txt -o /dev/null
  done_
}

record_links() {
  network
  client
  web_server
  name_server
  local talk="ping -n -c 2 -i 0.2 10.20.2.2"
  local type
  for type in sll:LINUX_SLL sll2:LINUX_SLL2; do
    c ip neigh flush all
    record "link-${type%:*}.pcap" pk-c any -y "${type#*:}"
    # shellcheck disable=SC2086
    try c $talk
    try c ping -n -c 2 -i 0.2 127.0.0.1
    try c ping -6 -n -c 2 -i 0.2 fd20:2::2
    try c dig +tries=1 @10.20.2.2 www.pcapkit.test
    try c curl -sS http://10.20.2.2/ -o /dev/null
    done_
  done
  record loopback.pcap pk-s lo
  try s ping -n -c 2 -i 0.2 127.0.0.1
  try s curl -sS 'http://[::1]/' -o /dev/null
  done_

  c ip neigh flush all
  record snapped-64.pcap pk-c c0 -s 64
  # shellcheck disable=SC2086
  try c $talk
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test HTTPS
  try c curl -sS http://10.20.2.2/docs/lines.txt -o /dev/null
  done_
  record nanoseconds.pcap pk-c c0 --time-stamp-precision=nano
  # shellcheck disable=SC2086
  try c $talk
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test
  done_

  # Checksum offload: the sender leaves sums to a network card which is not there.
  c ethtool -K c0 tx on >>"$work/log" 2>&1
  s ethtool -K s0 tx on >>"$work/log" 2>&1
  record checksum-offload.pcap pk-c c0 ip
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test
  try c curl -sS http://10.20.2.2/ -o /dev/null
  done_
  c ethtool -K c0 tx off >>"$work/log" 2>&1

  rm -f "$out/two-interfaces.pcapng" "$out/loopback.pcapng"
  r dumpcap -q -i r0 -f 'icmp or udp port 53' -i r1 -f icmp -a duration:3 \
    --capture-comment 'pcapkit: the two sides of a router' -w "$out/two-interfaces.pcapng" \
    >>"$work/log" 2>&1 &
  local dumpcap=$!
  sleep 1.2
  # shellcheck disable=SC2086
  try c $talk
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test
  try c traceroute -n -q 1 -m 3 10.20.2.2
  wait $dumpcap || true

  stop_all
  network
  client
  tunnel gre 10.20.1.1 10.20.1.2
  small_web
  record link-raw.pcap pk-c tun9
  try c ping -n -c 3 -i 0.2 10.99.0.1
  try c ping -6 -n -c 2 -i 0.2 fd99::1
  try c curl -sS http://10.99.0.1/hello.txt -o /dev/null
  done_
}

# The sample of the README: a host comes up, finds its network, looks at a page and at a VLAN.
# TLS whose secrets are known, on a port that says nothing of it: one exchange of 1.3, one of 1.2.
record_tls() {
  network
  client
  web_server
  record tls-secrets.pcap pk-c c0 tcp port 8443
  : >"$work/keys"
  local version
  for version in -tls1_3 -tls1_2; do
    # It closes when its input ends, and would not wait for the answer.
    { printf 'GET /?%s HTTP/1.0\r\nHost: www.pcapkit.test\r\n\r\n' "$version"; sleep 0.5; } |
      c timeout 5 openssl s_client -connect 10.20.2.2:8443 -servername www.pcapkit.test $version \
        -quiet -keylogfile "$work/keys" >>"$work/log" 2>&1 || true
  done
  done_
  cp "$work/keys" "$out/tls-secrets.keys"
}

record_sample() {
  network
  web_server
  name_server
  dhcp_server
  dhcp_script
  cat >"$work/radvd.conf" <<'EOF'
interface r0 { AdvSendAdvert on; MinRtrAdvInterval 100; MaxRtrAdvInterval 200; AdvLinkMTU 1500;
  prefix fd20:1::/64 { AdvOnLink on; AdvAutonomous on; };
  RDNSS fd20:2::2 { }; DNSSL pcapkit.test { }; };
EOF
  background pk-r radvd -n -m stderr -C "$work/radvd.conf" -p "$work/radvd.pid"
  # The router's daemon wants its link up when it starts.
  sleep 1
  c ip link set c0 down
  c sysctl -qw net.ipv6.conf.c0.accept_dad=1 net.ipv6.conf.all.accept_dad=1 \
    net.ipv6.conf.c0.accept_ra=2 net.ipv6.conf.c0.router_solicitations=1
  rm -f "$out/sample.pcapng"
  r dumpcap -q -i r0 -i r1 -a duration:14 --capture-comment 'A host comes up and looks around' \
    -w "$work/sample.pcapng" >>"$work/log" 2>&1 &
  local dumpcap=$!
  sleep 1
  record sample.pcap pk-r r0
  c ip link set c0 up
  sleep 4
  ip netns exec pk-c udhcpc -f -q -n -i c0 -s "$work/udhcpc.sh" -p "$work/udhcpc.pid" \
    -x hostname:probe -V pcapkit -O search -O staticroutes -O 42 >>"$work/log" 2>&1
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test A
  try c dig +tries=1 @10.20.2.2 www.pcapkit.test AAAA
  try c dig +tries=1 @10.20.2.2 pcapkit.test MX
  try c dig +tries=1 @10.20.2.2 missing.pcapkit.test HTTPS
  try c ping -n -c 2 -i 0.2 10.20.2.2
  try c ping -6 -n -c 2 -i 0.2 fd20:2::2
  try c curl -sS --resolve www.pcapkit.test:80:10.20.2.2 --compressed http://www.pcapkit.test/ \
    http://www.pcapkit.test/docs/lines.txt http://www.pcapkit.test/missing \
    -o /dev/null -o /dev/null -o /dev/null
  try c curl -sS -d 'name=pcapkit' 'http://[fd20:2::2]/form' -o /dev/null
  try c curl -sS http://10.20.2.2:9999/
  try c traceroute -n -q 1 -m 2 10.20.2.2
  background pk-c $python "$work/tunnel.py" vlan tun9 c0 02:00:00:00:01:01
  background pk-r $python "$work/tunnel.py" vlan tun9 r0 02:00:00:00:01:02
  sleep 0.6
  local ns n=0
  for ns in pk-r pk-c; do
    n=$((n + 1))
    # Without it the interface would announce itself with as many packets as the ping has.
    ip netns exec $ns sysctl -qw net.ipv6.conf.tun9.disable_ipv6=1
    ip netns exec $ns ip link set tun9 address 02:00:00:00:09:0$n up
    ip netns exec $ns ip addr add 10.99.0.$n/24 dev tun9
  done
  try c ping -n -c 2 -i 0.2 10.99.0.1
  done_
  wait $dumpcap || true
  printf '10.20.2.2 www.pcapkit.test\nfd20:2::2 www.pcapkit.test\n10.20.1.1 router.pcapkit.test\n' >"$work/hosts"
  # The first packet of each sort gets a comment.
  local at arguments=()
  for at in 'dhcp:The host asks for an address' 'dns.qry.name contains pcapkit:The first question' 'http:A page, please' \
    'icmp.type == 11:Too far for this packet' 'vlan:In the VLAN now' 'tcp.flags.reset == 1:Nobody home'; do
    n=$(tshark -r "$work/sample.pcapng" -Y "${at%%:*}" -T fields -e frame.number 2>/dev/null | head -1 || true)
    if [ -n "$n" ]; then arguments+=(-a "$n:${at#*:}"); fi
  done
  editcap "${arguments[@]}" "$work/sample.pcapng" "$work/commented.pcapng"
  tshark -r "$work/commented.pcapng" -N n -H "$work/hosts" -W n -w "$out/sample.pcapng" 2>>"$work/log"
}

mkdir -p "$out"
groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(icmp icmpv6 dns mdns dhcp http tls tcp multicast tunnels links sample)
for group in "${groups[@]}"; do
  echo "recording $group"
  "record_$group"
done
