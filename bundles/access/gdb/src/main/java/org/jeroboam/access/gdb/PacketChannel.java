package org.jeroboam.access.gdb;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Packets of GDB's remote serial protocol ("GDB Remote Serial Protocol", Overview): {@code $data#checksum}, acknowledged. */
final class PacketChannel {
    /** What {@link #receive} returns for Ctrl-C, which is no packet. */
    static final String INTERRUPT = "\003";

    private static final int LONGEST = 1 << 18;

    private final InputStream in;
    private final OutputStream out;
    private boolean acknowledge = true;

    PacketChannel(InputStream in, OutputStream out) {
        this.in = new BufferedInputStream(in);
        this.out = out;
    }

    /** Neither side acknowledges from now on. */
    void stopAcknowledging() {
        acknowledge = false;
    }

    /** The next packet's data, one char a byte; {@link #INTERRUPT}; null at the end of the connection. */
    String receive() throws IOException {
        while (true) {
            int c = in.read();
            switch (c) {
                case -1 -> {
                    return null;
                }
                case 3 -> {
                    return INTERRUPT;
                }
                case '$' -> {
                    String packet = packet();
                    if (packet != null) {
                        return packet;
                    }
                }
                default -> {
                    // acknowledgements, and noise between packets
                }
            }
        }
    }

    /** Reads up to the checksum; null when it is wrong and the sender has to repeat. */
    private String packet() throws IOException {
        StringBuilder data = new StringBuilder();
        int sum = 0;
        int c;
        while ((c = need()) != '#') {
            sum += c;
            if (c == '}') {
                c = need();
                sum += c;
                c ^= 0x20;
            }
            if (data.length() == LONGEST) {
                throw new IOException("a packet of more than " + LONGEST + " bytes");
            }
            data.append((char) c);
        }
        int stated = Character.digit(need(), 16) << 4 | Character.digit(need(), 16);
        boolean right = stated == (sum & 0xFF);
        if (acknowledge) {
            synchronized (this) {
                out.write(right ? '+' : '-');
                out.flush();
            }
        }
        return right ? data.toString() : null;
    }

    private int need() throws IOException {
        int c = in.read();
        if (c < 0) {
            throw new IOException("the connection ended within a packet");
        }
        return c;
    }

    /** Sends a packet; what is special in it is escaped. Any thread. */
    synchronized void send(String data) throws IOException {
        StringBuilder packet = new StringBuilder(data.length() + 8).append('$');
        for (int i = 0; i < data.length(); i++) {
            char c = data.charAt(i);
            if (c == '#' || c == '$' || c == '}' || c == '*') {
                packet.append('}').append((char) (c ^ 0x20));
            } else {
                packet.append(c);
            }
        }
        int sum = 0;
        for (int i = 1; i < packet.length(); i++) {
            sum += packet.charAt(i);
        }
        packet.append('#').append(Hex.of(sum & 0xFF, 1));
        out.write(packet.toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }
}
