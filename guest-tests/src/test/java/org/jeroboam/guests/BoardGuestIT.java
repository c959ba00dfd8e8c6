package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our own guest {@code src/guests/board.asm}, booted through the BIOS, tests A20, timers, the x87's errors,
 * virtual-8086 calls of the video BIOS, planar graphics and resets.
 */
class BoardGuestIT {
    private static final int SELECTED = 0x1B0;
    private static final int HOLD = 0x1B2;
    private static final int SIX_BITS = 0xFCFCFC;
    private static final Pattern LINE = Pattern.compile("(?m)^([a-z0-9-]+): (ok|FAIL)(.*)$");

    /** The PM timer's ticks in a second. */
    private static final int SECOND = 3_579_545;

    private static final List<String> TESTS = List.of(
            "a20-off",
            "a20-92-on",
            "a20-92-off",
            "a20-8042-on",
            "a20-8042-off",
            "a20-both-on",
            "pit-mode2",
            "pit-mode3",
            "pit-channel2",
            "rtc-1024-hz",
            "rtc-64-hz",
            "rtc-2-hz",
            "rtc-update",
            "rtc-alarm",
            "irq13",
            "exception16",
            "v86-int10",
            "v86-text",
            "v86-io-bitmap",
            "v86-interrupts",
            "v86-wrap",
            "v86-iopl3",
            "planar",
            "planar-compare",
            "modex",
            "reset-8042",
            "reset-cf9",
            "reset-92",
            "reset-triple-fault");

    @TempDir
    Path directory;

    private Path image() throws IOException, InterruptedException {
        Tools.run("src/guests/build", directory.toString());
        return directory.resolve("board.img");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "c"})
    void everyTestPasses(String drive) throws Exception {
        PreparedGuests.useFirmware();
        Path log = directory.resolve("log");
        MachineSettings.Builder settings = MachineSettings.builder()
                .memory("16M")
                .boot(drive)
                .clock("deterministic")
                .rtcBase("2026-01-31T23:59:58Z")
                .exitPort("0xf4")
                .debugLog(log);
        Path image = image();
        Outcome outcome;
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine(
                    "board", (drive.equals("a") ? settings.floppy(image) : settings.disk(image)).build());
            machine.startup();
            outcome = machine.extension().outcome().get(10, TimeUnit.MINUTES);
            server.close();
        }
        String said = Files.readString(log, StandardCharsets.ISO_8859_1);
        Map<String, String> results = results(said);
        assertEquals(TESTS, List.copyOf(results.keySet()), said);
        results.forEach((name, result) -> assertTrue(result.startsWith("ok"), () -> name + ": " + result));
        assertEquals(0, outcome.exitCode(), outcome::toString);

        // Time is exact to what the guest needs to look at it.
        rate(results, "pit-mode2", SECOND / 2);
        rate(results, "pit-mode3", SECOND / 2);
        rate(results, "pit-channel2", SECOND / 20);
        rate(results, "rtc-1024-hz", SECOND / 2);
        rate(results, "rtc-64-hz", SECOND / 2);
        rate(results, "rtc-2-hz", SECOND);
        rate(results, "rtc-update", 2 * SECOND);
        assertEquals("ok crc=" + BoardPicture.PLANAR.crc(), results.get("planar"));
        assertEquals("ok crc=" + BoardPicture.MODE_X.crc(), results.get("modex"));
        // INIT leaves the BIOS's shadow memory alone, so the shutdown code is obeyed; RAM outlives every reset.
        assertEquals("ok how=resumed ram=kept", results.get("reset-92"));
        assertEquals("ok how=posted ram=kept", results.get("reset-cf9"));
    }

    private static void rate(Map<String, String> results, String name, int expected) {
        Matcher ticks = Pattern.compile("ok ticks=(\\d+)").matcher(results.get(name));
        assertTrue(ticks.matches(), results.get(name));
        assertEquals(expected, Integer.parseInt(ticks.group(1)), expected / 500.0, name);
    }

    private static Map<String, String> results(String said) {
        Map<String, String> results = new LinkedHashMap<>();
        Matcher lines = LINE.matcher(said);
        while (lines.find()) {
            results.merge(
                    lines.group(1), lines.group(2) + lines.group(3), (first, second) -> first + " and again " + second);
        }
        return results;
    }

    @ParameterizedTest
    @EnumSource
    void screenShowsWhatWasDrawn(BoardPicture picture) throws Exception {
        Path image = image();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(image)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putShort(SELECTED, (short) picture.test).put(HOLD, (byte) 1);
        Files.write(image, bytes.array());
        try (Workbench bench = new Workbench();
                BiosMachine machine = new BiosMachine(bench, FirmwareFiles.fetch(), image)) {
            machine.tell(new MachineCommand.PowerOn(), MachineReply.Done.class);
            machine.awaitLog("board: ends, failures 0\n");
            compare(picture, machine.tell(new MachineCommand.GetScreen(0), MachineReply.Screen.class));
        }
    }

    /** A screen may show each pixel of a picture several times. The lowest two bits of a colour are the screen's. */
    private static void compare(BoardPicture picture, MachineReply.Screen screen) {
        assertEquals(0, screen.width() % picture.width, "pixels of a line, of a screen of " + screen.width());
        assertEquals(0, screen.height() % picture.height, "lines, of a screen of " + screen.height());
        int wide = screen.width() / picture.width;
        int high = screen.height() / picture.height;
        ByteBuffer pixels = ByteBuffer.wrap(screen.pixels()).order(ByteOrder.LITTLE_ENDIAN);
        for (int y = 0; y < screen.height(); y++) {
            for (int x = 0; x < screen.width(); x++) {
                int expected = picture.dac(picture.index(x / wide, y / high)) << 2;
                if ((pixels.getInt() & SIX_BITS) != (expected & SIX_BITS)) {
                    int at = pixels.position() - Integer.BYTES;
                    assertEquals(
                            Integer.toHexString(expected & SIX_BITS),
                            Integer.toHexString(pixels.getInt(at) & SIX_BITS),
                            "the colour at " + x + ", " + y);
                }
            }
        }
    }
}
