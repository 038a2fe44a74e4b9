/**
 * DHCP options that hold one value or a list of one kind (RFC 2132 and those that follow; IANA "BOOTP Vendor Extensions
 * and DHCP Options"), and names of numbers. Names and texts as Wireshark shows them.
 *
 * @module
 */
import type { ValueNames } from "../core/field.ts";

/** What an option holds; the numbers stand in tables. */
export const Shape = {
  /** One IPv4 address, 4 bytes. */
  Ip: 0,
  /** IPv4 addresses. */
  Ips: 1,
  /** Text. */
  Text: 2,
  /** Bytes. */
  Bytes: 3,
  /** A truth value, 1 byte. */
  Bool: 4,
  /** A number of 1 byte. */
  U8: 5,
  /** Numbers of 1 byte each. */
  U8s: 6,
  /** A number of 2 bytes. */
  U16: 7,
  /** Numbers of 2 bytes each. */
  U16s: 8,
  /** A number of 4 bytes. */
  U32: 9,
  /** A signed number of 4 bytes. */
  I32: 10,
  /** Seconds since 1970, 4 bytes. */
  Time: 11,
  /** A MAC address: the first 6 bytes. */
  Mac: 12,
  /** An IPv4 address: the first 4 bytes. */
  IpAny: 13,
  /** A number of as many bytes as there are, at most 4. */
  Uint: 14,
  /** A number of 2 bytes, little-endian. */
  U16le: 15,
} as const;
/** What an option may hold besides, for the kernel: bytes nobody knows more of, a client's MAC address, a vendor's class. */
export const KernelShape = { ...Shape, Raw: 16, Client: 17, VendorClass: 18 } as const;
/** One of {@link Shape}. */
export type Shape = typeof Shape[keyof typeof Shape];

/** Options (or suboptions) by code: what they hold, Wireshark's name, the name for people. */
export type ShapeTable = Readonly<
  Record<number, readonly [shape: Shape, abbrev: string, name: string]>
>;

/** Options of one shape. */
export const DHCP_OPTIONS: ShapeTable = {
  1: [Shape.Ip, "dhcp.option.subnet_mask", "Subnet Mask"],
  2: [Shape.I32, "dhcp.option.time_offset", "Time Offset"],
  3: [Shape.Ips, "dhcp.option.router", "Router"],
  4: [Shape.Ips, "dhcp.option.time_server", "Time Server"],
  5: [Shape.Ips, "dhcp.option.name_server", "Name Server"],
  6: [Shape.Ips, "dhcp.option.domain_name_server", "Domain Name Server"],
  7: [Shape.Ips, "dhcp.option.log_server", "Log Server"],
  8: [Shape.Ips, "dhcp.option.quotes_server", "Quotes Server"],
  9: [Shape.Ips, "dhcp.option.lpr_server", "LPR Server"],
  10: [Shape.Ips, "dhcp.option.impress_server", "Impress Server"],
  11: [Shape.Ips, "dhcp.option.resource_location_server", "Resource Location Server"],
  12: [Shape.Text, "dhcp.option.hostname", "Host Name"],
  13: [Shape.U16, "dhcp.option.boot_file_size", "Boot File Size"],
  14: [Shape.Text, "dhcp.option.merit_dump_file", "Merit Dump File"],
  15: [Shape.Text, "dhcp.option.domain_name", "Domain Name"],
  16: [Shape.Ip, "dhcp.option.swap_server", "Swap Server"],
  17: [Shape.Text, "dhcp.option.root_path", "Root Path"],
  18: [Shape.Text, "dhcp.option.extension_path", "Extensions Path"],
  19: [Shape.Bool, "dhcp.option.ip_forwarding", "IP Forwarding"],
  20: [Shape.Bool, "dhcp.option.non_local_source_routing", "Non-Local Source Routing"],
  22: [Shape.U16, "dhcp.option.max_datagram_reassembly_size", "Maximum Datagram Reassembly Size"],
  23: [Shape.U8, "dhcp.option.default_ip_ttl", "Default IP Time-to-Live"],
  24: [Shape.U32, "dhcp.option.path_mtu_aging_timeout", "Path MTU Aging Timeout"],
  25: [Shape.U16s, "dhcp.option.path_mtu_plateau_table_item", "Path MTU Plateau Table Item"],
  26: [Shape.U16, "dhcp.option.interface_mtu", "Interface MTU"],
  27: [Shape.Bool, "dhcp.option.all_subnets_are_local", "All Subnets are Local"],
  28: [Shape.Ip, "dhcp.option.broadcast_address", "Broadcast Address"],
  29: [Shape.Bool, "dhcp.option.perform_mask_discovery", "Perform Mask Discovery"],
  30: [Shape.Bool, "dhcp.option.mask_supplier", "Mask Supplier"],
  31: [Shape.Bool, "dhcp.option.perform_router_discover", "Perform Router Discover"],
  32: [Shape.Ip, "dhcp.option.router_solicitation_address", "Router Solicitation Address"],
  34: [Shape.Bool, "dhcp.option.trailer_encapsulation", "Trailer Encapsulation"],
  35: [Shape.U32, "dhcp.option.arp_cache_timeout", "ARP Cache Timeout"],
  36: [Shape.Bool, "dhcp.option.ethernet_encapsulation", "Ethernet Encapsulation"],
  37: [Shape.U8, "dhcp.option.tcp_default_ttl", "TCP Default TTL"],
  38: [Shape.U32, "dhcp.option.tcp_keepalive_interval", "TCP Keepalive Interval"],
  39: [Shape.Bool, "dhcp.option.tcp_keepalive_garbage", "TCP Keepalive Garbage"],
  40: [Shape.Text, "dhcp.option.nis_domain", "Network Information Service Domain"],
  41: [Shape.Ips, "dhcp.option.nis_server", "Network Information Service Server"],
  42: [Shape.Ips, "dhcp.option.ntp_server", "Network Time Protocol Server"],
  44: [Shape.Ips, "dhcp.option.netbios_over_tcpip_name_server", "NetBIOS over TCP/IP Name Server"],
  45: [
    Shape.Ips,
    "dhcp.option.netbios_over_tcpip_dd_name_server",
    "NetBIOS over TCP/IP Datagram Distribution Name Server",
  ],
  46: [Shape.U8, "dhcp.option.netbios_over_tcpip_node_type", "NetBIOS over TCP/IP Node Type"],
  47: [Shape.Text, "dhcp.option.netbios_over_tcpip_scope", "NetBIOS over TCP/IP Scope"],
  48: [Shape.Ips, "dhcp.option.xwindows_system_font_server", "X Window System Font Server"],
  49: [Shape.Ips, "dhcp.option.xwindows_system_display_manager", "X Window System Display Manager"],
  50: [Shape.Ip, "dhcp.option.requested_ip_address", "Requested IP Address"],
  51: [Shape.U32, "dhcp.option.ip_address_lease_time", "IP Address Lease Time"],
  52: [Shape.U8, "dhcp.option.option_overload", "Option Overload"],
  53: [Shape.U8, "dhcp.option.dhcp", "DHCP"],
  54: [Shape.Ip, "dhcp.option.dhcp_server_id", "DHCP Server Identifier"],
  55: [Shape.U8s, "dhcp.option.request_list_item", "Parameter Request List Item"],
  56: [Shape.Text, "dhcp.option.message", "Message"],
  57: [Shape.U16, "dhcp.option.dhcp_max_message_size", "Maximum DHCP Message Size"],
  58: [Shape.U32, "dhcp.option.renewal_time_value", "Renewal Time Value"],
  59: [Shape.U32, "dhcp.option.rebinding_time_value", "Rebinding Time Value"],
  60: [Shape.Text, "dhcp.option.vendor_class_id", "Vendor class identifier"],
  64: [Shape.Text, "dhcp.option.nis_plus_domain", "Network Information Service+ Domain"],
  65: [Shape.Ips, "dhcp.option.nis_plus_server", "Network Information Service+ Server"],
  66: [Shape.Text, "dhcp.option.tftp_server_name", "TFTP Server Name"],
  67: [Shape.Text, "dhcp.option.bootfile_name", "Bootfile name"],
  68: [Shape.Ips, "dhcp.option.mobile_ip_home_agent", "Mobile IP Home Agent"],
  69: [Shape.Ips, "dhcp.option.smtp_server", "SMTP Server"],
  70: [Shape.Ips, "dhcp.option.pop3_server", "POP3 Server"],
  71: [Shape.Ips, "dhcp.option.nntp_server", "NNTP Server"],
  72: [Shape.Ips, "dhcp.option.default_www_server", "Default WWW Server"],
  73: [Shape.Ips, "dhcp.option.default_finger_server", "Default Finger Server"],
  74: [Shape.Ips, "dhcp.option.default_irc_server", "Default IRC Server"],
  75: [Shape.Ips, "dhcp.option.streettalk_server", "StreetTalk Server"],
  76: [Shape.Ips, "dhcp.option.streettalk_da_server", "StreetTalk Directory Assistance Server"],
  85: [Shape.Ips, "dhcp.option.novell_dss.ip", "IP Address"],
  86: [Shape.Text, "dhcp.option.novell_ds_tree_name", "Novell Directory Services Tree Name"],
  87: [Shape.Text, "dhcp.option.novell_ds_context", "Novell Directory Services Context"],
  91: [Shape.U32, "dhcp.option.client_last_transaction_time", "Client last transaction time"],
  92: [Shape.Ips, "dhcp.option.associated_ip_option", "Associated IP option"],
  93: [Shape.U16s, "dhcp.option.client_system_architecture", "Client System Architecture"],
  100: [Shape.Text, "dhcp.option.tz_pcode", "TZ PCode"],
  101: [Shape.Text, "dhcp.option.tz_tcode", "TZ TCode"],
  112: [Shape.Ips, "dhcp.option.netinfo_parent_server_address", "NetInfo Parent Server Address"],
  113: [Shape.Text, "dhcp.option.netinfo_parent_server_tag", "NetInfo Parent Server Tag"],
  114: [Shape.Text, "dhcp.option.captive_portal", "Captive Portal"],
  116: [Shape.U8, "dhcp.option.dhcp_auto_configuration", "DHCP Auto-Configuration"],
  118: [Shape.Ips, "dhcp.option.subnet_selection_option", "Subnet Selection Option"],
  136: [Shape.Ips, "dhcp.option.pana_agent", "PAA IPv4 Address"],
  137: [Shape.Text, "dhcp.option.lost_server_domain_name", "LoST Server Domain Name"],
  138: [Shape.Ips, "dhcp.option.capwap_access_controller", "CAPWAP Access Controllers"],
  142: [Shape.Ips, "dhcp.option.andsf_server", "ANDSF Server"],
  145: [Shape.U8s, "dhcp.option.forcerenew_nonce.algorithm", "Algorithm"],
  150: [Shape.Ips, "dhcp.option.tftp_server_address", "TFTP Server Address"],
  152: [Shape.Time, "dhcp.option.bulk_lease.base_time", "Base Time"],
  153: [Shape.U32, "dhcp.option.bulk_lease.start_time_of_state", "Start Time Of State"],
  154: [Shape.Time, "dhcp.option.bulk_lease.query_start_time", "Query Start Time"],
  155: [Shape.Time, "dhcp.option.bulk_lease.query_end_time", "Query End Time"],
  156: [Shape.U8, "dhcp.option.bulk_lease.dhcp_state", "Dhcp State"],
  157: [Shape.Bool, "dhcp.option.bulk_lease.data_source", "Data Source"],
  160: [Shape.Text, "dhcp.option.captive_portal", "Captive Portal"],
  161: [Shape.Text, "dhcp.option.mudurl", "MUDURL"],
  209: [Shape.Text, "dhcp.option.pxe_config_file", "PXELINUX configuration file"],
  210: [Shape.Text, "dhcp.option.pxe_path_prefix", "PXELINUX path prefix"],
  252: [Shape.Text, "dhcp.option.private_proxy_autodiscovery", "Private/Proxy autodiscovery"],
};

/** Suboptions of relay agent information (option 82, RFC 3046). */
export const AGENT_OPTIONS: ShapeTable = {
  1: [Shape.Bytes, "dhcp.option.agent_information_option.agent_circuit_id", "Agent Circuit ID"],
  2: [Shape.Bytes, "dhcp.option.agent_information_option.agent_remote_id", "Agent Remote ID"],
  3: [Shape.Bytes, "dhcp.option.agent_information_option.reserved", "Reserved"],
  4: [Shape.U32, "dhcp.option.agent_information_option.docsis_device_class", "DOCSIS Device Class"],
  5: [Shape.Ip, "dhcp.option.agent_information_option.link_selection", "Link selection"],
  6: [Shape.Text, "dhcp.option.agent_information_option.subscriber_id", "Subscriber ID"],
  7: [Shape.Bytes, "dhcp.option.agent_information_option.radius_attributes", "RADIUS Attributes"],
  8: [Shape.Bytes, "dhcp.option.agent_information_option.authentication", "Authentication"],
  10: [Shape.U8, "dhcp.option.agent_information_option.flags", "Flags"],
  11: [Shape.Ip, "dhcp.option.agent_information_option.server_id_override", "Server ID Override"],
  12: [
    Shape.Bytes,
    "dhcp.option.agent_information_option.relay_agent_id",
    "Relay Agent Identifier",
  ],
  13: [Shape.Uint, "dhcp.option.agent_information_option.ani_att", "Access Technology Type"],
  14: [Shape.Text, "dhcp.option.agent_information_option.ani_network_name", "Access Network Name"],
  15: [Shape.Text, "dhcp.option.agent_information_option.ani_ap_name", "Access Point Name"],
  16: [Shape.Mac, "dhcp.option.agent_information_option.ani_ap_bssid", "Access Point BSSID"],
  17: [
    Shape.Bytes,
    "dhcp.option.agent_information_option.ani_operator_id",
    "Access Network Operator ID",
  ],
  18: [
    Shape.Text,
    "dhcp.option.agent_information_option.ani_operator_realm",
    "Access Network Operator Realm",
  ],
  150: [
    Shape.Ip,
    "dhcp.option.agent_information_option.link_selection_cisco",
    "Link selection (Cisco proprietary)",
  ],
  152: [
    Shape.Ip,
    "dhcp.option.agent_information_option.server_id_override_cisco",
    "Server ID Override (Cisco proprietary)",
  ],
};

/** Suboptions of option 43 from PXE clients (Preboot Execution Environment 2.1, table 2-2). */
export const PXE_OPTIONS: ShapeTable = {
  1: [Shape.Ips, "dhcp.option.vendor.pxeclient.mtftp_ip", "mtftp IP"],
  2: [Shape.U16le, "dhcp.option.vendor.pxeclient.mtftp_client_port", "mtftp client port"],
  3: [Shape.U16le, "dhcp.option.vendor.pxeclient.mtftp_server_port", "mtftp server port"],
  4: [Shape.U8, "dhcp.option.vendor.pxeclient.mtftp_timeout", "mtftp timeout"],
  5: [Shape.U8, "dhcp.option.vendor.pxeclient.mtftp_delay", "mtftp delay"],
  7: [Shape.Ips, "dhcp.option.vendor.pxeclient.multicast_address", "multicast address"],
  11: [
    Shape.Bytes,
    "dhcp.option.vendor.pxeclient.multicast_address_alloc",
    "multicast address alloc",
  ],
  12: [Shape.Bytes, "dhcp.option.vendor.pxeclient.credential_types", "credential types"],
  179: [Shape.Text, "dhcp.option.vendor.pxeclient.lcm_server", "LCM Server Name"],
  180: [Shape.Text, "dhcp.option.vendor.pxeclient.lcm_domain", "LCM Domain"],
  181: [Shape.Bytes, "dhcp.option.vendor.pxeclient.lcm_nic_option", "LCM NIC option"],
  190: [Shape.Text, "dhcp.option.vendor.pxeclient.lcm_workgroup", "LCM Workgroup"],
  191: [Shape.Bool, "dhcp.option.vendor.pxeclient.discovery", "Discovery"],
  192: [Shape.Bool, "dhcp.option.vendor.pxeclient.configured", "Configured"],
  193: [Shape.U32, "dhcp.option.vendor.pxeclient.lcm_version", "LCM Version"],
  194: [Shape.Text, "dhcp.option.vendor.pxeclient.lcm_serial", "LCM Serial Number"],
};

/** Suboptions of option 43 from cable modems and terminal adapters (CableLabs). */
export const CABLE_OPTIONS: ShapeTable = {
  1: [Shape.Text, "dhcp.option.vendor.cl.suboption_request_list", "Suboption Request List"],
  2: [Shape.Text, "dhcp.option.vendor.cl.device_type", "Device Type"],
  3: [Shape.Text, "dhcp.option.vendor.cl.esafe_type", "eSAFE Types"],
  4: [Shape.Text, "dhcp.option.vendor.cl.serial_number", "Serial Number"],
  5: [Shape.Text, "dhcp.option.vendor.cl.hardware_version", "Hardware Version"],
  6: [Shape.Text, "dhcp.option.vendor.cl.software_version", "Software Version"],
  7: [Shape.Text, "dhcp.option.vendor.cl.boot_rom_version", "Boot ROM version"],
  9: [Shape.Text, "dhcp.option.vendor.cl.model_number", "Model Number"],
  10: [Shape.Text, "dhcp.option.vendor.cl.vendor_name10", "Vendor Name"],
  11: [Shape.U8, "dhcp.option.vendor.cl.address_realm", "Address Realm"],
  12: [Shape.Text, "dhcp.option.vendor.cl.cm_ps_system_desc", "CM/PS System Description"],
  13: [Shape.Text, "dhcp.option.vendor.cl.cm_ps_firmware_revision", "CM/PS Firmware Revision"],
  14: [
    Shape.Text,
    "dhcp.option.vendor.cl.firewall_policy_file_version",
    "Firewall Policy File Version",
  ],
  15: [Shape.Text, "dhcp.option.vendor.cl.esafe_config_file_devices", "eSafe Config File Devices"],
  18: [Shape.Text, "dhcp.option.vendor.cl.video_security_tape", "Video Security Type"],
  31: [Shape.Mac, "dhcp.option.vendor.cl.mta_mac_address", "MTA MAC Address"],
  32: [Shape.U32, "dhcp.option.vendor.cl.correlation_ID", "Correlation ID"],
  51: [Shape.Text, "dhcp.option.vendor.cl.vendor_name51", "Vendor Name"],
  52: [Shape.Bytes, "dhcp.option.vendor.cl.cablecard_capability", "CableCARD Capability"],
  53: [Shape.Bytes, "dhcp.option.vendor.cl.device_id_ca", "Device Identification (CA)"],
  54: [Shape.Text, "dhcp.option.vendor.cl.device_id_x509", "Device Identification (X.509)"],
};

/** Suboptions of option 43 from Alcatel-Lucent telephones. */
export const ALCATEL_OPTIONS: ShapeTable = {
  58: [Shape.U16, "dhcp.option.vendor.alu.vid", "Voice VLAN ID"],
  64: [Shape.Ip, "dhcp.option.vendor.alu.tftp1", "Spatial Redundancy TFTP1"],
  65: [Shape.Ip, "dhcp.option.vendor.alu.tftp2", "Spatial Redundancy TFTP2"],
  66: [Shape.U8, "dhcp.option.vendor.alu.app_type", "Application Type"],
  67: [Shape.Text, "dhcp.option.vendor.alu.sip_url", "SIP URL"],
};

/** Suboptions of option 43 of Apple's boot server discovery. */
export const APPLE_OPTIONS: ShapeTable = {
  1: [Shape.Uint, "dhcp.option.vendor.bsdp.message_type", "Message Type"],
  2: [Shape.Uint, "dhcp.option.vendor.bsdp.version", "Version"],
  3: [Shape.IpAny, "dhcp.option.vendor.bsdp.server_identifier", "Server Identifier"],
  4: [Shape.Uint, "dhcp.option.vendor.bsdp.server_priority", "Server Priority"],
  5: [Shape.Uint, "dhcp.option.vendor.bsdp.reply_port", "Reply Port"],
  6: [Shape.Text, "dhcp.option.vendor.bsdp.boot_image_list_path", "Boot Image List Path"],
  12: [Shape.Uint, "dhcp.option.vendor.bsdp.message_size", "Message Size"],
};

/** Suboptions of option 43 from Cisco devices. */
export const CISCO_OPTIONS: ShapeTable = {
  1: [Shape.Uint, "dhcp.option.vendor.cisco.unknown1", "Unknown1"],
  2: [Shape.Uint, "dhcp.option.vendor.cisco.unknown2", "Unknown2"],
  3: [Shape.Uint, "dhcp.option.vendor.cisco.unknown3", "Unknown3"],
  4: [Shape.Uint, "dhcp.option.vendor.cisco.nodeid", "Node ID"],
  5: [Shape.Uint, "dhcp.option.vendor.cisco.unknown5", "Unknown5"],
  6: [Shape.Uint, "dhcp.option.vendor.cisco.unknown6", "Unknown6"],
  7: [Shape.Text, "dhcp.option.vendor.cisco.model", "Model"],
  8: [Shape.Text, "dhcp.option.vendor.cisco.apicuuid", "APIC UUID"],
  9: [Shape.Text, "dhcp.option.vendor.cisco.fabricname", "Fabricname"],
  10: [Shape.Uint, "dhcp.option.vendor.cisco.unknown10", "Unknown10"],
  11: [Shape.Text, "dhcp.option.vendor.cisco.serialno", "SerialNo"],
  12: [Shape.Text, "dhcp.option.vendor.cisco.clientint", "Client Int"],
};

/** Suboptions of option 43 from Aerohive access points. */
export const AEROHIVE_OPTIONS: ShapeTable = {
  225: [Shape.Text, "dhcp.option.vendor.aerohive.xiqhostname", "HM FQDN"],
  226: [Shape.IpAny, "dhcp.option.vendor.aerohive.xiqipaddress", "HM IP"],
};

/** Suboptions of option 125 of CableLabs (enterprise 4491). */
export const CABLELABS_VENDOR_OPTIONS: ShapeTable = {
  1: [Shape.Bytes, "dhcp.option.vi.cl.option_request", "Option Request"],
  2: [Shape.Ips, "dhcp.option.vi.cl.tftp_server_addresses", "TFTP Server Addresses"],
  3: [Shape.Bytes, "dhcp.option.vi.cl.erouter_container_option", "eRouter Container Option"],
  4: [Shape.U8, "dhcp.option.vi.cl.suboption", "Option 125 Suboption"],
  5: [Shape.Bytes, "dhcp.option.vi.cl.modem_capabilities", "Modem Capabilities"],
};

/** Suboptions of option 125 of the Broadband Forum (enterprise 3561, TR-111). */
export const BROADBAND_VENDOR_OPTIONS: ShapeTable = {
  2: [Shape.Text, "dhcp.option.vi.tr111.device_serial_number", "DeviceSerialNumber"],
  3: [Shape.Text, "dhcp.option.vi.tr111.device_product_class", "DeviceProductClass"],
  4: [Shape.Text, "dhcp.option.vi.tr111.gateway_manufacturer_oui", "GatewayManufacturerOUI"],
  5: [Shape.Text, "dhcp.option.vi.tr111.gateway_serial_number", "GatewaySerialNumber"],
  6: [Shape.Text, "dhcp.option.vi.tr111.gateway_product_class", "GatewayProductClass"],
};

/** Suboptions of option 63, NetWare/IP (RFC 2242). */
export const NETWARE_OPTIONS: ShapeTable = {
  5: [Shape.Bool, "dhcp.option.novell_options.broadcast", "Broadcast for nearest Netware server"],
  6: [Shape.Ips, "dhcp.option.novell_options.preferred_dss_server", "Preferred DSS server"],
  7: [Shape.Ips, "dhcp.option.novell_options.nearest_nwip_server", "Nearest NWIP server"],
  8: [Shape.U8, "dhcp.option.novell_options.autoretries", "Autoretries"],
  9: [Shape.U8, "dhcp.option.novell_options.autoretry_delay", "Autoretry delay, sec"],
  10: [
    Shape.Bool,
    "dhcp.option.novell_options.support_netware_v1_1",
    "Broadcast for nearest Netware server",
  ],
  11: [Shape.Ip, "dhcp.option.novell_options.primary_dss", "Primary DSS"],
};

/** Names of options. */
export const DHCP_OPTION_NAMES: ValueNames = {
  0: "Padding",
  1: "Subnet Mask",
  2: "Time Offset",
  3: "Router",
  4: "Time Server",
  5: "Name Server",
  6: "Domain Name Server",
  7: "Log Server",
  8: "Quotes Server",
  9: "LPR Server",
  10: "Impress Server",
  11: "Resource Location Server",
  12: "Host Name",
  13: "Boot File Size",
  14: "Merit Dump File",
  15: "Domain Name",
  16: "Swap Server",
  17: "Root Path",
  18: "Extensions Path",
  19: "IP Forwarding",
  20: "Non-Local Source Routing",
  21: "Policy Filter",
  22: "Maximum Datagram Reassembly Size",
  23: "Default IP Time-to-Live",
  24: "Path MTU Aging Timeout",
  25: "Path MTU Plateau Table",
  26: "Interface MTU",
  27: "All Subnets are Local",
  28: "Broadcast Address",
  29: "Perform Mask Discovery",
  30: "Mask Supplier",
  31: "Perform Router Discover",
  32: "Router Solicitation Address",
  33: "Static Route",
  34: "Trailer Encapsulation",
  35: "ARP Cache Timeout",
  36: "Ethernet Encapsulation",
  37: "TCP Default TTL",
  38: "TCP Keepalive Interval",
  39: "TCP Keepalive Garbage",
  40: "Network Information Service Domain",
  41: "Network Information Service Servers",
  42: "Network Time Protocol Servers",
  43: "Vendor-Specific Information",
  44: "NetBIOS over TCP/IP Name Server",
  45: "NetBIOS over TCP/IP Datagram Distribution Name Server",
  46: "NetBIOS over TCP/IP Node Type",
  47: "NetBIOS over TCP/IP Scope",
  48: "X Window System Font Server",
  49: "X Window System Display Manager",
  50: "Requested IP Address",
  51: "IP Address Lease Time",
  52: "Option Overload",
  53: "DHCP Message Type",
  54: "DHCP Server Identifier",
  55: "Parameter Request List",
  56: "Message",
  57: "Maximum DHCP Message Size",
  58: "Renewal Time Value",
  59: "Rebinding Time Value",
  60: "Vendor class identifier",
  61: "Client identifier",
  62: "Novell/Netware IP domain",
  63: "Novell Options",
  64: "Network Information Service+ Domain",
  65: "Network Information Service+ Servers",
  66: "TFTP Server Name",
  67: "Bootfile name",
  68: "Mobile IP Home Agent",
  69: "SMTP Server",
  70: "POP3 Server",
  71: "NNTP Server",
  72: "Default WWW Server",
  73: "Default Finger Server",
  74: "Default IRC Server",
  75: "StreetTalk Server",
  76: "StreetTalk Directory Assistance Server",
  77: "User Class Information",
  78: "Directory Agent Information",
  79: "Service Location Agent Scope",
  80: "Rapid commit",
  81: "Client Fully Qualified Domain Name",
  82: "Agent Information Option",
  83: "iSNS",
  84: "Removed/Unassigned",
  85: "Novell Directory Services Servers",
  86: "Novell Directory Services Tree Name",
  87: "Novell Directory Services Context",
  88: "BCMCS Controller Domain Name [TODO:RFC4280]",
  89: "BCMCS Controller IPv4 address [TODO:RFC4280]",
  90: "Authentication",
  91: "Client last transaction time",
  92: "Associated IP option",
  93: "Client System Architecture",
  94: "Client Network Device Interface",
  95: "LDAP [TODO:RFC3679]",
  96: "Removed/Unassigned",
  97: "UUID/GUID-based Client Identifier",
  98: "Open Group's User Authentication [TODO:RFC2485]",
  99: "Civic Addresses Configuration",
  100: "PCode",
  101: "TCode",
  102: "Removed/unassigned",
  103: "Removed/unassigned",
  104: "Removed/unassigned",
  105: "Removed/unassigned",
  106: "Removed/unassigned",
  107: "Removed/unassigned",
  108: "IPv6-Only Preferred",
  110: "Removed/Unassigned",
  112: "NetInfo Parent Server Address",
  113: "NetInfo Parent Server Tag",
  114: "DHCP Captive-Portal",
  115: "Removed/Unassigned",
  116: "DHCP Auto-Configuration",
  117: "Name Service Search",
  118: "Subnet Selection Option",
  119: "Domain Search",
  120: "SIP Servers",
  121: "Classless Static Route",
  122: "CableLabs Client Configuration [TODO:RFC3495]",
  123: "Coordinate-based Location Configuration",
  124: "V-I Vendor Class",
  125: "V-I Vendor-specific Information",
  126: "Removed/Unassigned",
  127: "Removed/Unassigned",
  128: "DOCSIS full security server IP [TODO]",
  129: "PXE - undefined (vendor specific)",
  130: "PXE - undefined (vendor specific)",
  131: "PXE - undefined (vendor specific)",
  132: "PXE - undefined (vendor specific)",
  133: "PXE - undefined (vendor specific)",
  134: "PXE - undefined (vendor specific)",
  135: "PXE - undefined (vendor specific)",
  136: "PANA Authentication Agent",
  137: "LoST Server Domain Name",
  138: "CAPWAP Access Controllers",
  139: "IPv4 Address-MoS",
  140: "IPv4 FQDN-MoS",
  141: "SIP UA Configuration Domains",
  142: "IPv4 Address ANDSF",
  143: "Zerotouch Redirect [TODO: draft-ietf-netconf-zerotouch]",
  144: "Geospatial Location [TODO:RFC6225]",
  145: "Forcerenew Nonce Capable",
  146: "RDNSS Selection",
  150: "TFTP Server Address",
  151: "Leasequery Status code",
  152: "Leasequery Base Time",
  153: "Leasequery Start Time of State",
  154: "Leasequery Query Start Time",
  155: "Leasequery Query End Time",
  156: "Leasequery Dhcp State",
  157: "Leasequery Data Source",
  158: "PCP Server",
  159: "Portparams",
  161: "Manufacturer Usage Description",
  175: "Etherboot",
  176: "IP Telephone",
  177: "Etherboot",
  208: "PXELINUX Magic",
  209: "PXE Configuration file",
  210: "PXE Path Prefix",
  211: "Reboot Time",
  212: "6RD",
  213: "V4 Access Domain",
  220: "Subnet Allocation",
  221: "Virtual Subnet Selection",
  255: "End",
};

/** Operations. */
export const BOOTP_OPERATIONS: ValueNames = {
  1: "Boot Request",
  2: "Boot Reply",
};

/** Message types (RFC 2132 section 9.6 and those that follow). */
export const DHCP_MESSAGES: ValueNames = {
  1: "Discover",
  2: "Offer",
  3: "Request",
  4: "Decline",
  5: "ACK",
  6: "NAK",
  7: "Release",
  8: "Inform",
  9: "Force Renew",
  10: "Lease query",
  11: "Lease Unassigned",
  12: "Lease Unknown",
  13: "Lease Active",
  14: "Bulk Lease Query",
  15: "Lease Query Done",
  16: "Active LeaseQuery",
  17: "Lease Query Status",
  18: "TLS",
};

/** Which fixed fields hold options (RFC 2132 section 9.3). */
export const DHCP_OVERLOADS: ValueNames = {
  1: "Boot file name holds options",
  2: "Server host name holds options",
  3: "Boot file and server host names hold options",
};

/** NetBIOS node types (RFC 2132 section 8.7). */
export const NETBIOS_NODES: ValueNames = {
  1: "B-node",
  2: "P-node",
  4: "M-node",
  8: "H-node",
};

/** Kinds of machines (RFC 4578 section 2.1). */
export const DHCP_ARCHITECTURES: ValueNames = {
  0: "IA x86 PC",
  1: "NEC/PC98",
  2: "IA64 PC",
  3: "DEC Alpha",
  4: "ArcX86",
  5: "Intel Lean Client",
  6: "EFI IA32",
  7: "EFI x64",
  8: "EFI Xscale",
  9: "EFI BC",
  10: "ARM 32-bit UEFI",
  11: "ARM 64-bit UEFI",
  12: "PowerPC Open Firmware",
  13: "PowerPC ePAPR",
  14: "POWER OPAL v3",
  15: "x86 UEFI HTTP",
  16: "x64 UEFI HTTP",
  17: "EBC UEFI HTTP",
  18: "ARM 32-bit UEFI HTTP",
  19: "ARM 64-bit UEFI HTTP",
  20: "PC/AT HTTP",
  21: "ARM 32-bit uboot",
  22: "ARM 64-bit uboot",
  23: "ARM 32-bit uboot HTTP",
  24: "ARM 64-bit uboot HTTP",
  25: "RISC-V 32-bit UEFI",
  26: "RISC-V 32-bit UEFI HTTP",
  27: "RISC-V 64-bit UEFI",
  28: "RISC-V 64-bit UEFI HTTP",
  29: "RISC-V 128-bit UEFI",
  30: "RISC-V 128-bit UEFI HTTP",
  31: "s390 Basic",
  32: "s390 Extended",
};

/** States of a lease (RFC 6926 section 6.2.7). */
export const LEASE_STATES: ValueNames = {
  1: "Available",
  2: "Active",
  3: "Expired",
  4: "Released",
  5: "Abandoned",
  6: "Reset",
  7: "Remote",
  8: "Transitioning",
};

/** Status codes (RFC 6926 section 6.2.2). */
export const LEASE_STATUSES: ValueNames = {
  0: "Success",
  1: "UpsecFail",
  2: "QueryTerminated",
  3: "MalformedQuery",
  4: "NotAllowed",
};

/** Kinds of unique identifiers (RFC 8415 section 11). */
export const DUID_TYPES: ValueNames = {
  1: "link-layer address plus time",
  2: "assigned by vendor based on Enterprise number",
  3: "link-layer address",
};

/** Automatic configuration (RFC 2563). */
export const AUTO_CONFIGURATION: ValueNames = {
  0: "DoNotAutoConfigure",
  1: "AutoConfigure",
};

/** Suboptions of option 82. */
export const AGENT_OPTION_NAMES: ValueNames = {
  0: "Padding",
  1: "Agent Circuit ID",
  2: "Agent Remote ID",
  3: "Reserved",
  4: "DOCSIS Device Class",
  5: "Link selection",
  6: "Subscriber ID",
  7: "RADIUS Attributes",
  8: "Authentication",
  9: "Vendor-Specific Information",
  10: "Flags",
  11: "Server ID Override",
  12: "Relay Agent Identifier",
  13: "Access Technology Type",
  14: "Access Network Name",
  15: "Access Point Name",
  16: "Access Point BSSID",
  17: "Access Network Operator ID",
  18: "Access Network Operator Realm",
  19: "Source Port",
  150: "Link selection (Cisco proprietary)",
  151: "VRF name/VPN ID",
  152: "Server ID Override (Cisco proprietary)",
};

/** Suboptions of option 43 of PXE clients. */
export const PXE_OPTION_NAMES: ValueNames = {
  0: "Padding",
  1: "PXE mtftp IP",
  2: "PXE mtftp client port",
  3: "PXE mtftp server port",
  4: "PXE mtftp timeout",
  5: "PXE mtftp delay",
  6: "PXE discovery control",
  7: "PXE multicast address",
  8: "PXE boot servers",
  9: "PXE boot menu",
  10: "PXE menu prompt",
  11: "PXE multicast address alloc",
  12: "PXE credential types",
  71: "PXE boot item",
  179: "PXE LCM Server",
  180: "PXE LCM Domain",
  181: "PXE LCM NIC option 0",
  190: "PXE LCM Workgroup",
  191: "PXE Discovery",
  192: "PXE Configured",
  193: "PXE LCM version",
  194: "PXE LCM Serial Number",
  255: "PXE End",
};

/** Suboptions of option 43 of cable devices. */
export const CABLE_OPTION_NAMES: ValueNames = {
  0: "Padding",
  1: "Suboption Request List",
  2: "Device Type",
  3: "eSAFE Types",
  4: "Serial Number",
  5: "Hardware Version",
  6: "Software Version",
  7: "Boot ROM version",
  8: "Organizationally Unique Identifier",
  9: "Model Number",
  10: "Vendor Name",
  11: "Address Realm",
  12: "CM/PS System Description",
  13: "CM/PS Firmware Revision",
  14: "Firewall Policy File Version",
  15: "eSafe Config File Devices",
  18: "Video Security Type",
  31: "MTA MAC Address",
  32: "Correlation ID",
  51: "Vendor Name",
  52: "CableCARD Capability",
  53: "Device Identification (CA)",
  54: "Device Identification (X.509)",
  179: "LCM Server",
  180: "LCM Domain",
  181: "LCM NIC option 0",
  190: "LCM Workgroup",
  191: "Discovery",
  192: "HH Configured",
  193: "LCM Version",
  194: "LCM Serial Number",
  255: "CL End",
};

/** Encodings of SIP servers (RFC 3361). */
export const SIP_ENCODINGS: ValueNames = {
  0: "Fully Qualified Domain Name",
  1: "IPv4 Address",
};

/** Kinds of civic address elements (RFC 4776). */
export const CIVIC_TYPES: ValueNames = {
  0: "Language",
  1: "A1",
  2: "A2",
  3: "A3",
  4: "A4",
  5: "A5",
  6: "A6",
  16: "PRD (Leading street direction)",
  17: "POD (Trailing street suffix)",
  18: "STS (Street suffix)",
  19: "HNO (House number)",
  20: "HNS (House number suffix)",
  21: "LMK (Landmark or vanity address)",
  22: "LOC (Additional location information)",
  23: "NAM",
  24: "PC (Postal/ZIP code)",
  25: "BLD (Building)",
  26: "UNIT",
  27: "FLR (Floor)",
  28: "ROOM",
  29: "PLC (Place-type)",
  30: "PCN (Postal community name)",
  31: "POBOX",
  32: "ADDCODE (Additional Code)",
  33: "SEAT",
  34: "RD (Primary road or street)",
  35: "RDSEC (Road section)",
  36: "RDBR (Road branch)",
  37: "RDSUBBR (Road sub-branch)",
  38: "PRM (Road pre-modifier)",
  39: "POM (Road post-modifier",
  128: "Script",
};

/** Preferences of DNS servers (RFC 6731). */
export const RDNSS_PREFERENCES: ValueNames = {
  0: "Medium",
  1: "High",
  2: "Reserved",
  3: "Low",
};

/** Kinds of altitudes (RFC 3825 section 2.1, RFC 6225 section 2.4). */
export const ALTITUDE_TYPES: ValueNames = {
  1: "Meters",
  2: "Floors",
};

/** What coordinates the place is told in (RFC 3825 section 2.1). */
export const MAP_DATUMS: ValueNames = {
  1: "WGS 84",
  2: "NAD83 (NAVD88)",
  3: "NAD83 (MLLW)",
};

/** What CableLabs puts into option 123 instead. */
export const COUNTRY_PARTS: ValueNames = {
  1: "Primary DSS_ID",
  2: "Secondary DSS_ID",
};

/** Why coordinates are none, as Wireshark numbers it. */
export const PLACE_ERRORS: ValueNames = {
  1: "Latitude is out of range [-90,90]",
  2: "Latitude Uncertainty is out of range [0,90]",
  3: "Longitude is out of range [-180,180]",
  4: "Longitude Uncertainty is out of range [0,180]",
  5: "Altitude is out of range [-(2^21),(2^21)-1]",
  6: "Altitude Uncertainty is out of range [0,2^20]",
  7: "Altitude Type is out of range [0,2]",
  8: "Datum is out of range [1,3]",
};
