/** DHCP with every option, its sub-options, and those of vendors. */
import { b, type Bytes, cat, counted, type Crafted, Frames, num } from "./_frames.ts";

const A = "c0000201", B = "c0000202";

/** A name in wire format. */
function name(text: string): Uint8Array {
  return cat(...text.split(".").map((l) => counted(`'${l}'`)), "00");
}
/** An option, or a sub-option: code, length, value. */
function option(code: number, value: Bytes): Uint8Array {
  return cat(num(code, 1), counted(value));
}
/** Capabilities of a cable modem (an element of type 5) in hexadecimal text, as option 60 carries them. */
function hexText(...tlvs: readonly string[]): string {
  const body = tlvs.join("").replaceAll(" ", "");
  return "05" + (body.length / 2).toString(16).padStart(2, "0") + body;
}

const IPS = `${A} ${B}`;
/** Values of options that need nothing else, by code. */
const OPTIONS: readonly (readonly [code: number, value: Bytes, what?: string])[] = [
  [1, "ffffff00"],
  [2, "fffff1f0"],
  [3, IPS],
  [4, IPS],
  [5, IPS],
  [6, IPS],
  [7, IPS],
  [8, IPS],
  [9, IPS],
  [10, IPS],
  [11, IPS],
  [12, "'host'"],
  [13, "0010"],
  [14, "'/dump'"],
  [15, "'example'"],
  [16, A],
  [17, "'/root'"],
  [18, "'/ext'"],
  [19, "01"],
  [20, "00"],
  [21, `${A} ffffff00 ${B} ffffffff`],
  [22, "0240"],
  [23, "40"],
  [24, "00000258"],
  [25, "0044 05dc"],
  [26, "05dc"],
  [27, "01"],
  [28, "c00002ff"],
  [29, "01"],
  [30, "00"],
  [31, "01"],
  [32, A],
  [33, `c0000300 ${A} c0000400 ${B}`],
  [34, "01"],
  [35, "0000003c"],
  [36, "01"],
  [37, "40"],
  [38, "00000e10"],
  [39, "01"],
  [40, "'nis'"],
  [41, IPS],
  [42, IPS],
  [43, "0102030405"],
  [44, IPS],
  [45, IPS],
  [46, "08"],
  [47, "'scope'"],
  [48, IPS],
  [49, IPS],
  [50, A],
  [51, "00000e10"],
  [54, A],
  [55, "01 03 06 0f 77 fc"],
  [56, "'message'"],
  [57, "05dc"],
  [58, "00000708"],
  [59, "00000c4e"],
  [60, "'vendor'"],
  [61, "01 020000000001"],
  [61, "06 020000000001", "IEEE 802"],
  [61, "0f 020000000001", "another hardware"],
  [61, "00 'a name'", "text"],
  [61, `00 ${"0102030405060708090a0b0c0d0e0f10"}`, "a UUID"],
  [61, "ff 00000001 0001 0001 2a1b2c3d 020000000001", "DUID-LLT"],
  [61, "ff 00000001 0002 00001182 01020304", "DUID-EN"],
  [61, "ff 00000001 0003 0001 020000000001", "DUID-LL"],
  [61, "ff 00000001 0003 001b 0200000000010203", "DUID-LL, EUI-64"],
  [61, "ff 00000001 0004 0102030405060708090a0b0c0d0e0f10", "DUID-UUID"],
  [61, "07 0102", "anything"],
  [62, "'netware'"],
  [64, "'nisplus'"],
  [65, IPS],
  [66, "'tftp'"],
  [67, "'boot'"],
  [68, IPS],
  [69, IPS],
  [70, IPS],
  [71, IPS],
  [72, IPS],
  [73, IPS],
  [74, IPS],
  [75, IPS],
  [76, IPS],
  [77, cat(counted("'one'"), counted("'two'"))],
  [77, "'iPXE'", "of iPXE"],
  [77, "'RRAS.Microsoft'", "of Microsoft"],
  [78, `01 ${A} ${B}`],
  [78, `80 00 ${A}`, "with the obsolete flag"],
  [79, "01 'scope-list'"],
  [80, ""],
  [81, "01 00 00 'host.example'"],
  [81, cat("05 ff ff", name("host.example")), "in wire format"],
  [81, "0e 00 00", "no name"],
  [83, `0007 003f 000f 0000007f ${A} ${B} c0000203`],
  [83, `0001 0001 0001 00000001 ${A}`, "no heartbeat"],
  [85, IPS],
  [86, "'tree'"],
  [87, "'context'"],
  [88, name("bcmcs.example")],
  [89, IPS],
  [90, "00 00 00 0000000000000001 'token'"],
  [90, "01 01 00 0000000000000001 00000007 0102030405060708090a0b0c0d0e0f10", "delayed"],
  [90, "03 01 01 '12345678' 01 0102030405060708090a0b0c0d0e0f10", "reconfigure key"],
  [91, "0000003c"],
  [92, IPS],
  [93, "0000 0007 0009"],
  [94, "01 03 10"],
  [94, "02 03 10", "another type"],
  [95, "'ldap://a'"],
  [97, "00 0102030405060708090a0b0c0d0e0f10"],
  [97, "01 020000000001", "hardware"],
  [98, "'http://a'"],
  [99, "01 'DE' 01 06 'Bayern' 06 00 13 02 '12'"],
  [100, "'CET-1CEST'"],
  [101, "'Europe/Berlin'"],
  [108, "00000708"],
  [109, "0102"],
  [112, IPS],
  [113, "'tag'"],
  [114, "'https://a.example'"],
  [116, "01"],
  [117, "0000 0006 0029 002c 0041"],
  [117, "0007", "not known"],
  [118, A],
  [119, cat(name("a.example"), name("b.example"))],
  [119, cat(name("a.example"), counted("'sub'"), "c000"), "compressed"],
  [120, cat("00", name("sip.example"), name("sip2.example"))],
  [120, `01 ${A} ${B}`, "addresses"],
  [120, "02 01", "another encoding"],
  [121, `18 c00003 ${A} 00 ${B} 20 c0000401 ${A}`],
  [123, "484dcc1fc94b65ecf03013c0000f0001", "18 bits"],
  [123, "8bbc494467892e6e2eb2278000038001", "34 bits"],
  [123, "00000000000000000000000000000002", "no altitude"],
  [123, "8800000001 8800000100 1780000001 01", "small"],
  [123, "8c020000008804000000178000050001", "resolution too fine"],
  [123, "88c80000008804000000178000050001", "latitude too great"],
  [123, "88140000008990000000178000050001", "longitude too great"],
  [123, "88140000008828000000378000050001", "another altitude type"],
  [123, "8814000000882800000017c000050001", "altitude resolution too fine"],
  [123, "8814000000a028000000178000050001", "longitude resolution too fine"],
  [123, "00000000000000000000000000000000", "no datum"],
  [123, "00000000000000000000000000000004", "another datum"],
  [123, "02d3ffffff00000000000000000000ff"],
  [123, "01 02 'DE'", "of CableLabs"],
  [123, "01 02 'DE' 02 02 'FR'", "two of CableLabs"],
  [124, "00000009 05 'cisco' 00001182 02 'ab'"],
  [124, "01", "of CableLabs"],
  [128, "010203"],
  [129, "'kernel'"],
  [136, IPS],
  [137, name("lost.example")],
  [138, IPS],
  [139, `01 04 ${A}`],
  [140, cat("01", counted(name("mos.example")))],
  [141, name("sip.example")],
  [142, IPS],
  [145, "01"],
  [146, cat("01", A, B, name("rdnss.example"))],
  [150, IPS],
  [151, "00 'fine'"],
  [151, "01", "no message"],
  [152, "65539100"],
  [153, "0000003c"],
  [154, "65539100"],
  [155, "65539100"],
  [156, "02"],
  [157, "01"],
  [158, `04 ${A} 04 ${B}`],
  [159, "04 08 1234"],
  [160, "'https://a.example'"],
  [161, "'https://mud.example'"],
  [175, "01 01 01"],
  [176, "'L2Q=1'"],
  [208, "f100747e"],
  [209, "'config'"],
  [210, "'/prefix/'"],
  [211, "00000e10"],
  [212, `08 20 20010db8000000000000000000000000 ${A} ${B}`],
  [213, name("access.example")],
  [220, "00 01"],
  [221, "00 'vpn'"],
  [
    242,
    "'TLSSRVR=192.0.2.1,HTTPSRVR=192.0.2.2,HTTPDIR=/d,STATIC=1,MCIPADD=192.0.2.3,DOT1X=2,ICMPDU=1,ICMPRED=0'",
  ],
  [
    242,
    "'L2QVLAN=12,L2Q=1,LOGLOCAL=3,PHY1STAT=1,PHY2STAT=1,PROCPSWD=27238,PROCSTAT=1,SNMPADD=192.0.2.4,SNMPSTRING=public,VLANTEST=60'",
    "more",
  ],
  [249, `18 c00003 ${A}`],
  [252, "'http://wpad.example/wpad.dat'"],
  [253, "01020304"],
];

/** Sub-options of relay agents. */
const AGENT: readonly (readonly [code: number, value: Bytes])[] = [
  [1, "'circuit'"],
  [2, "020000000001"],
  [3, "0102"],
  [4, "00000001"],
  [5, A],
  [6, "'subscriber'"],
  [7, "01 06 'radi'"],
  [8, "01 00 00 0000000000000001 00000007 01020304"],
  [
    9,
    cat(
      "00001182",
      counted(cat(option(1, "0300"), option(2, "0102"), option(3, "'service'"))),
      "00000009",
      counted("0102"),
    ),
  ],
  [9, cat("0000118b", counted(option(6, "'text'")))],
  [9, cat("0000118b", counted(option(7, "'uri'")))],
  [
    9,
    cat(
      "0000118b",
      counted(
        cat(
          option(1, "0300"),
          option(2, "0102"),
          option(3, "0200"),
          option(4, "0102030405"),
          option(5, "'class'"),
          option(6, "'text'"),
          option(7, "'uri'"),
          option(9, "01"),
        ),
      ),
    ),
  ],
  [10, "80"],
  [11, A],
  [12, "0102030405"],
  [13, "00 04"],
  [13, "0004"],
  [14, "'network'"],
  [15, "'point'"],
  [16, "020000000001"],
  [17, "01020304"],
  [18, "'realm'"],
  [19, ""],
  [150, A],
  [151, "00 'vpn'"],
  [151, "01 0000c0 00000007"],
  [151, "0000c0 00000007"],
  [151, "ff"],
  [152, A],
  [99, "0102"],
];

/** Sub-options of option 43 by vendor class. */
const VENDORS: Readonly<Record<string, readonly (readonly [code: number, value: Bytes])[]>> = {
  "PXEClient:Arch:00007:UNDI:003016": [
    [1, IPS],
    [2, "4500"],
    [3, "4500"],
    [4, "02"],
    [5, "01"],
    [6, "0f"],
    [7, IPS],
    [8, `0000 02 ${A} ${B} 8001 01 ${A}`],
    [9, "0000 05 'local' 8001 03 'net'"],
    [10, "05 'Press F8'"],
    [11, "0102"],
    [12, "0102"],
    [71, "0000 0000"],
    [179, "'lcm'"],
    [180, "'domain'"],
    [181, "0102"],
    [190, "'group'"],
    [191, "01"],
    [192, "00"],
    [193, "00000001"],
    [194, "'serial'"],
    [99, "0102"],
  ],
  "docsis": [
    [1, "'12345'"],
    [2, "'ECM'"],
    [3, "'ECM:EMTA'"],
    [4, "'serial'"],
    [5, "'hw'"],
    [6, "'sw'"],
    [7, "'rom'"],
    [8, "0000c0"],
    [8, "'0000C0'"],
    [9, "'model'"],
    [10, "'vendor'"],
    [11, "01"],
    [12, "'system'"],
    [13, "'firmware'"],
    [14, "'1.0'"],
    [15, "'file'"],
    [16, "0102"],
    [18, "'type'"],
    [31, "020000000001"],
    [32, "00000007"],
    [51, "'vendor'"],
    [52, "0102"],
    [53, "0102"],
    [54, "'x509'"],
    [55, "0102"],
    [99, "0102"],
  ],
  "AAPLBSDPC/i386/Model": [
    [1, "01"],
    [2, "0101"],
    [3, A],
    [4, "0001"],
    [5, "03e7"],
    [6, "'/path'"],
    [7, "81000007"],
    [8, "01000008"],
    [9, "81000007 03 'one' 02000008 03 'two'"],
    [10, ""],
    [11, "8000 0100"],
    [12, "05dc"],
    [99, "0102"],
  ],
  "cisco": [
    [1, "01"],
    [2, "0102"],
    [3, "01"],
    [4, "00000007"],
    [5, "01"],
    [6, "01"],
    [7, "'model'"],
    [8, "'uuid'"],
    [9, "'fabric'"],
    [10, "01"],
    [11, "'serial'"],
    [12, "'int'"],
    [99, "0102"],
  ],
  "AEROHIVE": [[225, "'host'"], [226, A], [99, "0102"]],
  "other": [[58, "0007"], [64, A], [65, B], [66, "01"], [67, "'sip:a'"], [68, "0102"]],
};

/** The frames. */
export function frames(): readonly Crafted[] {
  const f = new Frames(8);
  const header = (
    {
      op = 1,
      hardware = "01 06",
      chaddr = "020000000001",
      server = "",
      file = "",
      secs = "0000",
      flags = "8000",
    } = {},
  ): Uint8Array => {
    const head = cat(
      num(op, 1),
      hardware,
      "00 12345678",
      secs,
      flags,
      "00000000 c0000205 c0000206 c0000207",
    );
    const out = new Uint8Array(236);
    out.set(head);
    out.set(b(chaddr), 28);
    out.set(b(server), 44);
    out.set(b(file), 108);
    return out;
  };
  const send = (what: string, options: readonly Bytes[], head = header(), end = "ff"): void => {
    const m = cat(head, "63825363", ...options, end);
    f.udp(`DHCP ${what}`, 68, 67, m, 236);
  };
  for (let type = 1; type <= 19; type++) send(`message ${type}`, [option(53, num(type, 1))]);
  for (const [code, value, what] of OPTIONS) {
    send(`option ${code}${what ? `, ${what}` : ""}`, [option(53, "05"), option(code, value)]);
  }
  for (const [code, value] of AGENT) {
    send(`relay agent's ${code}`, [option(53, "05"), option(82, option(code, value))]);
  }
  send("relay agent's padding", [option(53, "05"), option(82, cat(option(1, "'a'"), "00"))]);
  for (const [vendor, list] of Object.entries(VENDORS)) {
    for (const [code, value] of list) {
      send(`vendor ${vendor}: ${code}`, [
        option(53, "05"),
        option(60, `'${vendor}'`),
        option(43, option(code, value)),
      ]);
    }
    send(`vendor ${vendor}: padding and end`, [
      option(53, "05"),
      option(60, `'${vendor}'`),
      option(43, cat("00", option(list[0][0], list[0][1]), "ff 0102")),
    ]);
  }
  send("vendor other, padding and end", [
    option(60, "'other'"),
    option(43, cat(option(64, A), "00", option(65, A), "00 ff")),
  ]);
  send("vendor ArubaAP", [option(60, "'ArubaAP'"), option(43, "'192.0.2.1'")]);
  send("vendor ArubaInstantAP", [
    option(60, "'ArubaInstantAP'"),
    option(43, "'org,192.0.2.1,secret'"),
  ]);
  const capabilities = [
    "010101",
    "020103",
    "030101",
    "040101",
    "050101",
    "060101",
    "070110",
    "080110",
    "090100",
    "0a0101",
    "0b0118",
    "0c0101",
    "0d020040",
    "0e02000a",
    "0f0101",
    "1004 0000 000f",
    "110101",
    "1207 01 020000000001",
    "130101",
    "140101",
    "15013f",
    "160101",
    "170101",
    "180104",
    "190104",
    "1a0104",
    "1b0110",
    "1c0102",
    "1d0108",
    "1e0120",
    "1f0110",
    "200110",
    "210102",
    "220101",
    "230101",
    "240104",
    "250101",
    "26020040",
    "270101",
    "2801cd",
    "2904 00 00 00 7f",
    "2904 0000 00ff",
    "2a0101",
    "2c0101",
    "630101",
  ];
  for (const vendor of ["docsis1.1:", "docsis2.0:", "docsis3.0:", "docsis3.1:"]) {
    send(`capabilities of ${vendor}`, [
      option(53, "01"),
      option(60, `'${vendor}${hexText("010101", "020103")}'`),
    ]);
  }
  // As many as fit.
  for (let i = 0; i < capabilities.length; i += 9) {
    const some = capabilities.slice(i, i + 9);
    send(`capabilities in text, from ${i}`, [option(60, `'docsis2.0:${hexText(...some)}'`)]);
    const all = b(some.join(""));
    send(`capabilities, from ${i}`, [option(125, cat("0000118b", counted(option(5, all))))]);
  }
  for (const vendor of ["pktc1.0:", "pktc1.5:", "pktc2.0:"]) {
    const mta = hexText(
      "010101",
      "020102",
      "030101",
      "040101",
      "050101",
      "060101",
      "070101",
      "08020102",
      "090101",
      "0a0101",
      "0b03030609",
      "0c0101",
      "0d0101",
      "0e0101",
      "0f0101",
      "100109",
      "110101",
      "12020007",
    );
    send(`capabilities of ${vendor}`, [option(60, `'${vendor}${mta}'`)]);
    const more = hexText(
      "130102",
      "140101",
      "150101",
      "160101",
      "1709 02003f 020107 02023f",
      "180101",
      "190101",
      "1a0101",
      "630101",
    );
    send(`more capabilities of ${vendor}`, [option(60, `'${vendor}${more}'`)]);
  }
  send("CableLabs client configuration", [
    option(
      122,
      cat(
        option(1, A),
        option(2, B),
        option(3, cat("00", name("prov.example"))),
        option(3, `01 ${A}`),
        option(4, "00000001 00000002 00000003"),
        option(5, "00000004 00000005 00000006"),
        option(6, name("REALM.EXAMPLE")),
        option(7, "01"),
        option(8, "0a"),
        option(9, "0003"),
        option(10, "0102"),
      ),
    ),
  ]);
  send("option 125 of CableLabs", [
    option(
      125,
      cat(
        "0000118b",
        counted(
          cat(
            option(1, "0205"),
            option(2, IPS),
            option(3, "0102"),
            option(4, "02"),
            option(9, "0102"),
          ),
        ),
      ),
    ),
  ]);
  send("option 125 of the Broadband Forum", [
    option(
      125,
      cat(
        "00000de9",
        counted(
          cat(
            option(1, "'00D09E'"),
            option(2, "'serial'"),
            option(3, "'class'"),
            option(4, "'00D09E'"),
            option(5, "'gw'"),
            option(6, "'gwclass'"),
            option(9, "0102"),
          ),
        ),
      ),
    ),
  ]);
  send("option 125 of others", [
    option(
      125,
      cat("00000009", counted(option(1, "0102")), "00000137", counted(option(2, "'ab'"))),
    ),
  ]);
  send("NetWare/IP", [
    option(
      63,
      cat(
        option(1, ""),
        option(2, ""),
        option(3, ""),
        option(4, ""),
        option(5, "01"),
        option(6, IPS),
        option(7, IPS),
        option(8, "05"),
        option(9, "0a"),
        option(10, "01"),
        option(11, A),
        option(12, "0102"),
      ),
    ),
  ]);
  send("long domain search", [
    option(119, name("a.example").subarray(0, 5)),
    option(119, name("a.example").subarray(5)),
  ]);
  send("long SIP servers", [
    option(120, cat("00", name("a.example").subarray(0, 5))),
    option(120, name("a.example").subarray(5)),
  ]);
  send("long SIP servers, addresses", [option(120, `01 ${A}`), option(120, B)]);
  send("padding", [option(53, "01"), "000000", option(12, "'h'")]);
  send("no end", [option(53, "01"), option(12, "'h'")], header(), "");
  send("something behind the end", [option(53, "01")], header(), "ff 00000000 0102");
  send(
    "overload, file",
    [option(53, "01"), option(52, "01")],
    header({ file: "0c0466696c65ff".replace("0c04", "0c 04") }),
  );
  send(
    "overload, server",
    [option(53, "01"), option(52, "02")],
    header({ server: "0c 06 736572766572 ff" }),
  );
  send(
    "overload, both",
    [option(53, "01"), option(52, "03")],
    header({ server: "0c 06 736572766572 ff", file: "0f 04 66696c65 ff" }),
  );
  send("names", [option(53, "02")], header({ op: 2, server: "'server'", file: "'/file'" }));
  send(
    "another hardware",
    [option(53, "01")],
    header({ hardware: "20 08", chaddr: "0102030405060708" }),
  );
  send("no hardware address", [option(53, "01")], header({ hardware: "20 00" }));
  send(
    "all of the hardware address",
    [option(53, "01")],
    header({ hardware: "01 10", chaddr: "0102030405060708090a0b0c0d0e0f10" }),
  );
  send("seconds, flags", [option(53, "01")], header({ secs: "1234", flags: "7fff" }));
  f.udp("BOOTP", 68, 67, cat(header(), "00000000", new Uint8Array(60)));
  f.udp(
    "BOOTP with options",
    68,
    67,
    cat(header(), "63825363", option(1, "ffffff00"), "ff", new Uint8Array(50)),
  );
  f.udp("proxy DHCP", 68, 4011, cat(header(), "63825363", option(53, "03"), "ff"));
  return f.all;
}
