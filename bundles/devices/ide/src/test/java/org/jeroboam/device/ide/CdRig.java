package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeBlockPort;
import org.jeroboam.hardware.testkit.FakeMachine;

/** A CD-ROM drive as master of the secondary channel, and a guest's driver for it. */
final class CdRig {
    static final int DATA = 0x170;
    static final int ERROR = 0x171;
    static final int REASON = 0x172;
    static final int LOW = 0x173;
    static final int COUNT_LOW = 0x174;
    static final int COUNT_HIGH = 0x175;
    static final int DEVICE = 0x176;
    static final int STATUS = 0x177;
    static final int CONTROL = 0x376;
    static final int BM = 0xC008;
    static final int TABLE = 0x8000;

    final FakeMachine machine = new FakeMachine();
    final FakeBlockPort cd = machine.blockPort("cdrom0");
    final Device ide;

    /** How the last packet command ended, and how its data came. */
    int status;

    int error;
    int pieces;

    CdRig() {
        cd.setRemovable(true);
        try {
            ide = new IdeFactory()
                    .create(new DeviceConfig(
                            "ide",
                            "piix4-ide",
                            Map.of("secondary.master", "cdrom0", "secondary.master.type", "cdrom")));
        } catch (ConfigurationException e) {
            throw new AssertionError(e);
        }
    }

    void powerOn() {
        ide.attach(machine.board("ide"));
        ide.reset(ResetKind.POWER_ON);
        machine.writeConfig(7, 1, 0x40, 4, 0x80008000);
        machine.writeConfig(7, 1, 0x20, 4, 0xC000);
        machine.writeConfig(7, 1, 0x04, 2, 5);
    }

    static byte[] disc(int blocks) {
        byte[] content = new byte[blocks * 2048];
        new Random(blocks).nextBytes(content);
        return content;
    }

    void insert(int blocks) {
        cd.insert(disc(blocks), true);
    }

    void waitFor(int milliseconds) {
        machine.clock().advance(milliseconds * 1_000_000L);
    }

    static byte[] cdb(int... bytes) {
        byte[] cdb = new byte[12];
        for (int i = 0; i < bytes.length; i++) {
            cdb[i] = (byte) bytes[i];
        }
        return cdb;
    }

    static byte[] read10(long block, int count) {
        return cdb(
                0x28,
                0,
                (int) (block >> 24),
                (int) (block >> 16),
                (int) (block >> 8),
                (int) block,
                0,
                count >> 8,
                count);
    }

    /** Sends the packet, until the drive has taken it. */
    void send(byte[] cdb, int features, int limit) {
        machine.out(ERROR, features);
        machine.out(COUNT_LOW, limit);
        machine.out(COUNT_HIGH, limit >> 8);
        machine.out(STATUS, 0xA0);
        assertEquals(0x58, machine.in(CONTROL), "asks for the packet");
        assertEquals(1, machine.in(REASON));
        for (int i = 0; i < 12; i += 2) {
            machine.writePort(DATA, 2, cdb[i] & 0xFF | (cdb[i + 1] & 0xFF) << 8);
        }
    }

    /** Waits for the drive's next interrupt and takes it; the status. */
    int interrupt() {
        for (int i = 0; i < 1000 && !machine.irq(15); i++) {
            waitFor(1);
        }
        assertTrue(machine.irq(15), "no interrupt; status " + machine.in(CONTROL));
        return machine.in(STATUS);
    }

    int pieceLength() {
        return machine.in(COUNT_LOW) | machine.in(COUNT_HIGH) << 8;
    }

    void readPiece(ByteArrayOutputStream to) {
        int length = pieceLength();
        for (int i = 0; i < length; i += 2) {
            int word = machine.readPort(DATA, 2);
            to.write(word);
            if (i + 1 < length) {
                to.write(word >> 8);
            }
        }
        pieces++;
    }

    /** A packet command by PIO; what the drive sent. */
    byte[] packet(int limit, byte[] cdb, byte... parameters) {
        send(cdb, 0, limit);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        pieces = 0;
        int out = 0;
        status = interrupt();
        while ((status & 8) != 0) {
            if (machine.in(REASON) == 2) {
                readPiece(in);
            } else {
                assertEquals(0, machine.in(REASON));
                int length = pieceLength();
                for (int i = 0; i < length; i += 2) {
                    int high = out + i + 1 < parameters.length ? parameters[out + i + 1] & 0xFF : 0;
                    machine.writePort(DATA, 2, parameters[out + i] & 0xFF | high << 8);
                }
                out += length;
            }
            status = interrupt();
        }
        assertEquals(3, machine.in(REASON), "the end has both bits");
        error = machine.in(ERROR);
        return in.toByteArray();
    }

    byte[] packet(int... cdb) {
        return packet(0x8000, cdb(cdb));
    }

    byte[] good(int... cdb) {
        byte[] data = packet(cdb);
        assertEquals(0x50, status, () -> "sense " + Integer.toHexString(sense()));
        return data;
    }

    /** REQUEST SENSE as 0xKKAAQQ. */
    int sense() {
        byte[] data = packet(0x03, 0, 0, 0, 18);
        assertEquals(18, data.length);
        assertEquals(0x70, data[0] & 0x7F);
        return data[2] << 16 | data[12] << 8 | data[13];
    }

    /** The sense code with which a command fails; 0 when it does not. */
    int failure(int... cdb) {
        packet(cdb);
        if (status == 0x50) {
            return 0;
        }
        assertEquals(0x51, status);
        int key = error >> 4;
        int code = sense();
        assertEquals(code >> 16, key, "the error register has the sense key");
        return code;
    }
}
