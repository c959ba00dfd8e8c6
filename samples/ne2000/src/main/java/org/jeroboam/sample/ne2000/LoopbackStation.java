package org.jeroboam.sample.ne2000;

import java.util.Arrays;

/**
 * The only other station on the loop-back network. It owns every IPv4 address: it answers ARP requests (RFC 826) for any,
 * echo requests (RFC 792) to any, and UDP datagrams to port 7 (RFC 862). It has no state; replies are made in the place of
 * the frame.
 */
final class LoopbackStation {
    static final byte[] MAC = {0x02, 0x4A, 0x45, 0x52, 0, (byte) 0xFE};
    private static final int ETHERNET_HEADER = 14;
    private static final int TYPE_IPV4 = 0x0800;
    private static final int TYPE_ARP = 0x0806;
    private static final int ARP_LENGTH = 28;
    private static final int PROTOCOL_ICMP = 1;
    private static final int PROTOCOL_UDP = 17;
    private static final int ECHO_PORT = 7;

    private LoopbackStation() {}

    /**
     * Answers a frame.
     *
     * @param frame becomes the reply
     * @param length bytes of the frame
     * @return whether there is a reply, as long as the frame
     */
    static boolean answer(byte[] frame, int length) {
        if (length < ETHERNET_HEADER) {
            return false;
        }
        boolean answered =
                switch (word(frame, 12)) {
                    case TYPE_ARP -> answerArp(frame, length);
                    case TYPE_IPV4 -> forUs(frame) && answerIp(frame, length);
                    default -> false;
                };
        if (answered) {
            System.arraycopy(frame, 6, frame, 0, 6);
            System.arraycopy(MAC, 0, frame, 6, 6);
        }
        return answered;
    }

    private static boolean forUs(byte[] frame) {
        return Arrays.equals(frame, 0, 6, MAC, 0, 6);
    }

    /** A request of somebody who looks whether an address is free (sender 0) or tells his own is left alone. */
    private static boolean answerArp(byte[] frame, int length) {
        int at = ETHERNET_HEADER;
        if (length < at + ARP_LENGTH
                || word(frame, at) != 1
                || word(frame, at + 2) != TYPE_IPV4
                || word(frame, at + 4) != 0x0604
                || word(frame, at + 6) != 1) {
            return false;
        }
        int sender = at + 14;
        int target = at + 24;
        boolean same = Arrays.equals(frame, sender, sender + 4, frame, target, target + 4);
        if (same || word(frame, sender) == 0 && word(frame, sender + 2) == 0) {
            return false;
        }
        frame[at + 7] = 2;
        exchange(frame, sender, target, 4);
        System.arraycopy(frame, at + 8, frame, at + 18, 6);
        System.arraycopy(MAC, 0, frame, at + 8, 6);
        return true;
    }

    private static boolean answerIp(byte[] frame, int length) {
        int at = ETHERNET_HEADER;
        if (length < at + 20 || (frame[at] & 0xF0) != 0x40) {
            return false;
        }
        int header = (frame[at] & 0x0F) * 4;
        int total = word(frame, at + 2);
        boolean fragment = (word(frame, at + 6) & 0x3FFF) != 0;
        if (header < 20 || total < header + 8 || at + total > length || fragment) {
            return false;
        }
        int payload = at + header;
        boolean answered =
                switch (frame[at + 9]) {
                    case PROTOCOL_ICMP -> answerEcho(frame, payload);
                    case PROTOCOL_UDP -> answerUdp(frame, payload);
                    default -> false;
                };
        if (answered) {
            exchange(frame, at + 12, at + 16, 4); // the header's sum stays right
        }
        return answered;
    }

    private static boolean answerEcho(byte[] frame, int at) {
        if (frame[at] != 8 || frame[at + 1] != 0) {
            return false;
        }
        frame[at] = 0;
        int sum = word(frame, at + 2) + 0x0800; // RFC 1624: the type went from 8 to 0
        sum = (sum & 0xFFFF) + (sum >>> 16);
        frame[at + 2] = (byte) (sum >>> 8);
        frame[at + 3] = (byte) sum;
        return true;
    }

    private static boolean answerUdp(byte[] frame, int at) {
        if (word(frame, at + 2) != ECHO_PORT) {
            return false;
        }
        exchange(frame, at, at + 2, 2);
        return true;
    }

    private static void exchange(byte[] bytes, int one, int other, int length) {
        for (int i = 0; i < length; i++) {
            byte kept = bytes[one + i];
            bytes[one + i] = bytes[other + i];
            bytes[other + i] = kept;
        }
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }
}
