package org.jeroboam.sample.ne2000;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

class Ne2000Test {
    private static final LineId INTA = new LineId.PciInterrupt(10, 0);

    private final FakeMachine machine = new FakeMachine();
    private final Driver driver = new Driver(machine);

    private void attach(Map<String, String> properties) throws ConfigurationException {
        Device device = new Ne2000Factory().create(new DeviceConfig("net0", "ne2000", properties));
        device.attach(machine.board("net0"));
        device.reset(ResetKind.POWER_ON);
    }

    private static byte[] frame(int length) {
        byte[] frame = new byte[length];
        new Random(length).nextBytes(frame);
        System.arraycopy(Driver.MAC, 0, frame, 0, 6);
        return frame;
    }

    @Test
    void theConfigurationSpaceIsTheRtl8029s() throws ConfigurationException {
        attach(Map.of("pci.device", "10"));
        assertEquals(0x802910EC, machine.readConfig(10, 0, 0, 4));
        assertEquals(0x0200, machine.readConfig(10, 0, 0x0A, 2));
        machine.writeConfig(10, 0, 0x10, 4, -1);
        assertEquals(0xFFFFFFE1, machine.readConfig(10, 0, 0x10, 4));
        assertEquals(1, machine.readConfig(10, 0, 0x3D, 1));
        machine.writeConfig(10, 0, 0x04, 2, 0xFFFF);
        assertEquals(1, machine.readConfig(10, 0, 0x04, 2));
        assertEquals(0xFF, machine.in(0xFFE0), "a window that does not fit below 64 Ki ports is none");
        driver.open();
        assertEquals(0x21, driver.in(0));
        assertEquals(0x50, driver.in(0xA));
        assertEquals(0x43, driver.in(0xB));
    }

    @Test
    void driversFindTheStationAddressInThePromAndTheResetInIsr() throws ConfigurationException {
        attach(Map.of("mac", "02:00:5e:10:20:30"));
        driver.open();
        driver.out(7, 0x7F);
        driver.in(0x18);
        assertEquals(0x80, driver.in(7));
        driver.out(7, 0xFF);
        assertEquals(0x80, driver.in(7), "RST shows the chip's state");
        driver.start();
        byte[] prom = driver.download(0, 32);
        byte[] mac = {0x02, 0, 0x5E, 0x10, 0x20, 0x30};
        for (int i = 0; i < 6; i++) {
            assertEquals(mac[i], prom[2 * i]);
            assertEquals(mac[i], prom[2 * i + 1]);
        }
        assertEquals(0x57, prom[28]);
        assertEquals(0x40, driver.in(7) & 0x40, "the remote DMA is complete");
    }

    @Test
    void packetMemoryKeepsWhatIsWrittenInEachWidth() throws ConfigurationException {
        attach(Map.of());
        driver.start();
        byte[] data = frame(300);
        driver.upload(0x7F80, data);
        assertArrayEquals(Arrays.copyOf(data, 128), driver.download(0x7F80, 128));
        assertArrayEquals(
                Arrays.copyOfRange(data, 128, 300), driver.download(Driver.RX_START << 8, 172), "the ring goes round");
        driver.out(8, 0x80);
        driver.out(9, 0x7F);
        driver.out(0xA, 4);
        driver.out(0xB, 0);
        driver.out(0, 0x0A);
        int word = machine.readPort(Driver.BASE + 0x10, 4);
        assertEquals(data[3] & 0xFF, word >>> 24);
        assertEquals(data[0] & 0xFF, word & 0xFF);
    }

    @Test
    void aFrameTakesItsTimeAndInterrupts() throws ConfigurationException {
        attach(Map.of("network", "cable"));
        driver.start();
        byte[] frame = frame(100);
        driver.out(7, 0xFF);
        driver.send(frame);
        driver.out(7, 0xFF);
        assertFalse(machine.level(INTA));
        assertEquals(0x26, driver.in(0), "TXP while it goes out");
        machine.clock().advance(100 * 800);
        assertTrue(machine.networkPort("cable").sent().isEmpty());
        machine.clock().advance(24 * 800);
        assertArrayEquals(frame, machine.networkPort("cable").sent().getFirst());
        assertEquals(0x22, driver.in(0));
        assertEquals(2, driver.in(7));
        assertTrue(machine.level(INTA));
        driver.out(7, 2);
        assertFalse(machine.level(INTA));
        assertEquals(1, driver.in(4));
        assertEquals(1, machine.counter("net0", "frames.sent"));

        machine.networkPort("cable").setConnected(false);
        driver.send(frame);
        machine.clock().advance(1_000_000);
        assertEquals(0x11, driver.in(4), "carrier was lost");
        assertEquals(1, machine.networkPort("cable").sent().size());
    }

    @Test
    void aFrameComesIntoTheRingWithHeaderAndCrc() throws ConfigurationException {
        attach(Map.of("network", "cable"));
        driver.start();
        byte[] frame = frame(600);
        assertTrue(machine.networkPort("cable").receive(frame));
        assertEquals(Driver.RX_START + 1 + 3, driver.curr());
        byte[] ring = driver.download((Driver.RX_START + 1) << 8, 608);
        assertArrayEquals(new byte[] {1, Driver.RX_START + 4, (byte) (604 & 0xFF), 604 >> 8}, Arrays.copyOf(ring, 4));
        assertArrayEquals(frame, Arrays.copyOfRange(ring, 4, 604));
        CRC32 crc = new CRC32();
        crc.update(frame);
        for (int i = 0; i < 4; i++) {
            assertEquals((byte) (crc.getValue() >> 8 * i), ring[604 + i]);
        }
        assertEquals(1, driver.in(7) & 1);
        assertTrue(machine.level(INTA));
    }

    @Test
    void aFullRingOverflowsAndCounts() throws ConfigurationException {
        attach(Map.of("network", "cable"));
        driver.start();
        int taken = 0;
        while (machine.networkPort("cable").receive(frame(1514))) {
            taken++;
        }
        assertEquals((Driver.RX_STOP - Driver.RX_START - 2) / 6, taken);
        assertEquals(0x10, driver.in(7) & 0x10);
        assertEquals(1, driver.in(0xF));
        assertEquals(0, driver.in(0xF), "a tally is cleared by reading");
        driver.out(3, driver.curr() - 1);
        assertTrue(machine.networkPort("cable").receive(frame(1514)));
    }

    @Test
    void theFilterTakesWhatTheRegistersSay() throws ConfigurationException {
        attach(Map.of("network", "cable"));
        driver.start();
        int before = driver.curr();
        byte[] other = frame(60);
        other[5] = 99;
        machine.networkPort("cable").receive(other);
        byte[] multicast = frame(60);
        System.arraycopy(new byte[] {1, 0, 0x5E, 0, 0, 1}, 0, multicast, 0, 6);
        machine.networkPort("cable").receive(multicast);
        assertEquals(before, driver.curr());

        driver.out(0xC, 0x1C);
        machine.networkPort("cable").receive(other);
        assertEquals(before + 1, driver.curr());
        driver.out(0, 0x62);
        // 224.0.0.1 is bit 31 of the filter: what the drivers of Linux and the BSDs compute.
        driver.out(8 + (31 >> 3), 1 << (31 & 7));
        driver.out(0, 0x22);
        machine.networkPort("cable").receive(multicast);
        assertEquals(before + 2, driver.curr());
        driver.out(0xC, 0x20);
        machine.networkPort("cable").receive(frame(60));
        assertEquals(before + 2, driver.curr(), "monitor mode counts only");
    }

    @Test
    void internalLoopBackReachesTheFifoAndNotTheCable() throws ConfigurationException {
        attach(Map.of("network", "cable"));
        driver.start();
        driver.out(0xD, 0x02);
        byte[] frame = frame(64);
        driver.send(frame);
        machine.clock().advance(1_000_000);
        assertTrue(machine.networkPort("cable").sent().isEmpty());
        for (int i = 0; i < 8; i++) {
            assertEquals(frame[56 + i] & 0xFF, driver.in(6));
        }
        assertEquals(1, driver.in(4));
    }

    @Test
    void theLoopBackNetworkAnswersArpAndPing() throws ConfigurationException {
        attach(Map.of());
        driver.start();
        int first = driver.curr();
        driver.send(Frames.arpRequest());
        machine.clock().advance(1_000_000);
        byte[] arp = driver.download((first << 8) + 4, 60);
        assertArrayEquals(Driver.MAC, Arrays.copyOf(arp, 6));
        assertArrayEquals(LoopbackStation.MAC, Arrays.copyOfRange(arp, 6, 12));
        assertEquals(2, arp[21]);
        assertArrayEquals(LoopbackStation.MAC, Arrays.copyOfRange(arp, 22, 28));
        assertArrayEquals(new byte[] {(byte) 0xC0, 0, 2, 2}, Arrays.copyOfRange(arp, 28, 32));
        assertArrayEquals(Driver.MAC, Arrays.copyOfRange(arp, 32, 38));
        assertArrayEquals(new byte[] {(byte) 0xC0, 0, 2, 1}, Arrays.copyOfRange(arp, 38, 42));

        byte[] payload = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        driver.send(Frames.ping(payload));
        machine.clock().advance(1_000_000);
        byte[] reply = driver.download((first + 1 << 8) + 4, 42 + payload.length);
        assertEquals(0, reply[Frames.ICMP]);
        assertEquals(0, Frames.sum(reply, Frames.ICMP, 8 + payload.length), "the sum of the reply");
        assertEquals(0, Frames.sum(reply, 14, 20), "the header's sum");
        assertArrayEquals(payload, Arrays.copyOfRange(reply, 42, 42 + payload.length));
        assertEquals(first + 2, driver.curr());
        driver.send(frame(60));
        machine.clock().advance(1_000_000);
        assertEquals(first + 2, driver.curr(), "other frames have no answer");
    }

    @Test
    void wrongPropertiesAreRefusedInOneSentence() {
        for (String mac : new String[] {"", "1:2:3:4:5:6", "01:00:5E:00:00:01", "02-4A-45-52-00-01"}) {
            ConfigurationException e = assertThrows(ConfigurationException.class, () -> attach(Map.of("mac", mac)));
            assertTrue(e.getMessage().contains("net0") && e.getMessage().contains(mac), e.getMessage());
        }
        assertThrows(ConfigurationException.class, () -> attach(Map.of("pci.device", "32")));
    }
}
