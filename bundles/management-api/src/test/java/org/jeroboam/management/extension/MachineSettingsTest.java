package org.jeroboam.management.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Instant;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineSettingsTest {
    private static final Path KERNEL = Path.of("k");

    private static String refusal(Executable attempt) {
        ManagementException e = assertThrows(ManagementException.class, attempt);
        assertEquals(ManagementException.Kind.BAD_REQUEST, e.kind());
        assertTrue(!e.getMessage().contains("\n"), e.getMessage());
        return e.getMessage();
    }

    @Test
    void defaults() throws ManagementException {
        MachineSettings s = MachineSettings.builder().kernel(KERNEL).build();
        assertEquals(256L << 20, s.memoryBytes());
        assertEquals("p3", s.cpuModel());
        assertEquals(new SerialConnection.Console(), s.serial());
        assertEquals(new SerialConnection.Nowhere(), s.serial2());
        assertEquals("cda", s.boot());
    }

    @ParameterizedTest
    @CsvSource({"256M,256", "64,64", "1g,1024", "3712M,3712", "4M,4", "8192K,8"})
    void memorySizes(String text, long mebibytes) throws ManagementException {
        assertEquals(
                mebibytes << 20,
                MachineSettings.builder().kernel(KERNEL).memory(text).build().memoryBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"5G", "3713M", "3M", "0", "-1", "", "lots", "256X", "5000K", "99999999999M"})
    void impossibleMemorySizesAreRefused(String text) {
        assertTrue(refusal(() -> MachineSettings.builder().memory(text)).contains("--memory"));
    }

    @Test
    void serialConnections() throws ManagementException {
        assertEquals(
                new SerialConnection.Tcp(4000),
                MachineSettings.builder()
                        .kernel(KERNEL)
                        .serial("tcp:4000")
                        .build()
                        .serial());
        assertEquals(
                new SerialConnection.ToFile(Path.of("/tmp/x")),
                MachineSettings.builder()
                        .kernel(KERNEL)
                        .serial("file:/tmp/x")
                        .build()
                        .serial());
    }

    @Test
    void withoutAKernelTheBiosBoots() throws ManagementException {
        assertTrue(MachineSettings.builder().build().bootsThroughBios());
        assertFalse(MachineSettings.builder().kernel(KERNEL).build().bootsThroughBios());
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "d", "a", "dc", "cda", "adc"})
    void bootOrders(String letters) throws ManagementException {
        assertEquals(letters, MachineSettings.builder().boot(letters).build().boot());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "C", "cc", "cdc", "n", "cdan", "c,d"})
    void impossibleBootOrdersAreRefused(String letters) {
        assertTrue(refusal(() -> MachineSettings.builder().boot(letters)).contains("--boot"));
    }

    @Test
    void contradictionsAreRefused() {
        assertTrue(refusal(() -> MachineSettings.builder().append("a").build()).contains("--append belongs"));
        assertTrue(
                refusal(() -> MachineSettings.builder().initrd(KERNEL).build()).contains("--initrd belongs"));
        assertTrue(refusal(() ->
                        MachineSettings.builder().kernel(KERNEL).bios(KERNEL).build())
                .contains("--bios"));
        assertTrue(refusal(() -> MachineSettings.builder().serial2("stdio").build())
                .contains("console"));
        assertTrue(refusal(() -> {
                    MachineSettings.Builder b = MachineSettings.builder().cdrom(KERNEL);
                    for (int i = 0; i < 4; i++) {
                        b.disk(KERNEL);
                    }
                    b.build();
                })
                .contains("CD drive"));
    }

    @Test
    void mediaAreChangedInACopy() throws ManagementException {
        MachineSettings s = MachineSettings.builder()
                .disk(KERNEL)
                .floppy(KERNEL)
                .bootMenu(true)
                .cpuModel("pm")
                .build();
        MachineSettings next = s.withMedium(RemovableDrive.CDROM, KERNEL);
        assertEquals(KERNEL, next.medium(RemovableDrive.CDROM));
        assertNull(s.medium(RemovableDrive.CDROM));
        assertNull(next.withMedium(RemovableDrive.FLOPPY, null).floppy());
        assertEquals(s, next.withMedium(RemovableDrive.CDROM, null));
    }

    @Test
    void withoutOutputsNothingIsWritten() throws ManagementException {
        MachineSettings s = MachineSettings.builder()
                .serial("file:/a")
                .serial2("tcp:4000")
                .debugLog(KERNEL)
                .screenshotOnExit(KERNEL)
                .cdrom(KERNEL)
                .build()
                .withoutOutputs();
        assertEquals(MachineSettings.builder().serial("none").cdrom(KERNEL).build(), s);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp:0", "tcp:65536", "tcp:x", "file:", "file:\u0000", "usb", ""})
    void impossibleSerialConnectionsAreRefused(String text) {
        assertTrue(refusal(() -> MachineSettings.builder().serial(text)).contains("--serial"));
        assertTrue(refusal(() -> MachineSettings.builder().serial2(text)).contains("--serial2"));
    }

    @Test
    void otherValuesAreChecked() throws ManagementException {
        assertTrue(refusal(() -> MachineSettings.builder().cpuModel("486")).contains("p2, p3 or pm"));
        assertTrue(refusal(() -> MachineSettings.builder().clock("fast")).contains("deterministic"));
        assertTrue(refusal(() -> MachineSettings.builder().rtcBase("yesterday")).contains("2026-01-31T12:00:00Z"));
        assertTrue(refusal(() -> MachineSettings.builder().exitPort("70000")).contains("--exit-port"));
        assertTrue(refusal(() -> {
                    MachineSettings.Builder b = MachineSettings.builder();
                    for (int i = 0; i < 5; i++) {
                        b.disk(KERNEL);
                    }
                })
                .contains("fifth disk"));
        assertEquals(
                Instant.EPOCH,
                MachineSettings.builder()
                        .kernel(KERNEL)
                        .rtcBase("1970-01-01T00:00:00Z")
                        .build()
                        .rtcBase());
        assertEquals(
                0xF4,
                MachineSettings.builder()
                        .kernel(KERNEL)
                        .exitPort("0xf4")
                        .build()
                        .exitPort());
    }
}
