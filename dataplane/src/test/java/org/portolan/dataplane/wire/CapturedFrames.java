package org.portolan.dataplane.wire;

import java.util.HexFormat;
import java.util.List;

/**
 * Frames as they stood on a wire: taken with tcpdump on the client's end of a veth pair (client 192.0.2.10, Linux
 * router 192.0.2.1, server 198.51.100.20, Linux 6.18, all offloads off), while iputils ping and Python sockets talked
 * through the router.
 */
public final class CapturedFrames {
    /** 192.0.2.10 asks for 192.0.2.1. */
    public static final byte[] ARP_REQUEST = frame("""
            ffffffffffff76c2e9941f400806000108000604000176c2e9941f40c000020a000000000000c0000201""");

    public static final byte[] ARP_REPLY = frame("""
            76c2e9941f40f607b9831c5308060001080006040002f607b9831c53c000020176c2e9941f40c000020a""");

    /** ping -s 16. */
    public static final byte[] ECHO_REQUEST = frame("""
            f607b9831c5376c2e9941f4008004500002cb31b400040019b63c000020ac63364140800f2341fee00018cd8046b0000
            000046980e0000000000""");

    /** Its answer, one router later. */
    public static final byte[] ECHO_REPLY = frame("""
            76c2e9941f40f607b9831c5308004500002cc00600003f01cf78c6336414c000020a0000fa341fee00018cd8046b0000
            000046980e0000000000""");

    /** Answer of the router to ping -t 1. */
    public static final byte[] TIME_EXCEEDED = frame("""
            76c2e9941f40f607b9831c53080045c00048c844000040012da5c0000201c000020a0b00f4ff000000004500002cb31c
            40000101da62c000020ac633641408000d221fef00018cd8046b000000002baa0e0000000000""");

    /** Answer of the router to ping -M do -s 1450, MTU 1400; quotes 528 bytes of the ping. */
    public static final byte[] FRAGMENTATION_NEEDED = frame("""
            76c2e9941f40f607b9831c53080045c00240c845000040012bacc0000201c000020a03042c8800000578450005c60000
            4000400148e5c000020ac633641408006dbc1ff000018cd8046b0000000041bb0e000000000010111213141516171819
            1a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40414243444546474849
            4a4b4c4d4e4f505152535455565758595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f70717273747576777879
            7a7b7c7d7e7f808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9
            aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9
            dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff00010203040506070809
            0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233343536373839
            3a3b3c3d3e3f404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60616263646566676869
            6a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f90919293949596979899
            9a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9
            cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9
            fafbfcfdfeff0001020304050607""");

    /** ping -R: a 60-byte header. */
    public static final byte[] ECHO_REQUEST_RECORD_ROUTE = frame("""
            f607b9831c5376c2e9941f4008004f00004cb31e40004001a726c000020ac633641401072708c000020a000000000000
            00000000000000000000000000000000000000000000000000000800cbfd1ff100010001020304050607""");

    /** "portolan" from port 40000 to port 9999. */
    public static final byte[] UDP = frame("""
            f607b9831c5376c2e9941f40080045000024a39040004011aae6c000020ac63364149c40270f00109c6d706f72746f6c
            616e""");

    /** Nothing listened at 9999. */
    public static final byte[] PORT_UNREACHABLE = frame("""
            76c2e9941f40f607b9831c53080045c00040c00d00003f01ce9dc6336414c000020a0303e9700000000045000024a390
            40003f11abe6c000020ac63364149c40270f00109c6d706f72746f6c616e""");

    /** MSS 1360, SACK, time stamps, window scale. */
    public static final byte[] TCP_SYN = frame("""
            f607b9831c5376c2e9941f4008004500003cae7e400040069febc000020ac633641488561f90f5f7dd5600000000a002
            ff00aac60000020405500402080a680ecf03000000000103030a""");

    /** MSS 1460 and the same options. */
    public static final byte[] TCP_SYN_ACK = frame("""
            76c2e9941f40f607b9831c5308004500003c000040003f064f6ac6336414c000020a1f9088564bac850bf5f7dd57a012
            fe88767d0000020405b40402080a4ced16a7680ecf030103030a""");

    /** "hello": an odd length. */
    public static final byte[] TCP_DATA = frame("""
            76c2e9941f40f607b9831c530800450000398fbe40003f06bfaec6336414c000020a1f9088564bac850cf5f7dd578018
            00405fb600000101080a4ced16a7680ecf0368656c6c6f""");

    public static final byte[] TCP_FIN_ACK = frame("""
            76c2e9941f40f607b9831c530800450000348fc040003f06bfb1c6336414c000020a1f9088564bac8511f5f7dd588011
            0040a38e00000101080a4ced16a7680ecf03""");

    /** All of them, each of which every check accepts. */
    public static final List<byte[]> ALL = List.of(
            ARP_REQUEST,
            ARP_REPLY,
            ECHO_REQUEST,
            ECHO_REPLY,
            TIME_EXCEEDED,
            FRAGMENTATION_NEEDED,
            ECHO_REQUEST_RECORD_ROUTE,
            UDP,
            PORT_UNREACHABLE,
            TCP_SYN,
            TCP_SYN_ACK,
            TCP_DATA,
            TCP_FIN_ACK);

    private CapturedFrames() {}

    private static byte[] frame(final String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
}
