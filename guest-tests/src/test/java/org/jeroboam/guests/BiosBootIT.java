package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * SeaBIOS on the whole board boots {@code src/test/asm/biosboot.asm}, which says what it finds, resets the machine in
 * six ways and switches it off.
 */
class BiosBootIT {
    private static final int SAVES = 6;
    private static final int BOOTS = 7;

    /** What every boot must find. */
    private static final List<String> FOUND = List.of(
            "booted from 80",
            // 82443BX without a subsystem number: the strap is off. The F segment is write-protected.
            "bridge 71928086 06000003 00000000 11111000 pirq 0B0B0A0A ",
            "fw_cfg FF",
            "e820 0000000000000000 000000000009FC00 01",
            "e820 000000000009FC00 0000000000000400 02",
            "e820 00000000000F0000 0000000000010000 02",
            "e820 0000000000100000 0000000003EFF000 01",
            "e820 0000000003FFF000 0000000000001000 02",
            "e820 00000000FFFC0000 0000000000040000 02",
            // Sum 0, router 7.0 like a PIIX4, slots 8 to 13 with the link of INTA# and the interrupts 5, 10 and 11.
            "pir 00 38 71108086 08630C20 09600C20 0A610C20 0B620C20 0C630C20 0D600C20",
            "no mp",
            // Sums 0; SCI 9, PM block at 600h.
            "rsdp 00  RSDT 00  FACP 00  ports 0009 00000600 00000608 53434146 DSDT 00 ");

    @TempDir
    Path directory;

    private Path disk() throws IOException {
        try (InputStream in = BiosBootIT.class.getResourceAsStream("biosboot.img")) {
            return Files.write(directory.resolve("disk.img"), Arrays.copyOf(in.readAllBytes(), 1 << 20));
        }
    }

    private static String expected() {
        List<String> lines = new ArrayList<>();
        for (int boot = 0; boot < BOOTS; boot++) {
            lines.addAll(FOUND);
            lines.add("resets 0" + boot);
        }
        return String.join("\n", lines) + "\n";
    }

    @Test
    void bootsFromDiskAfterEveryKindOfReset() throws Exception {
        try (Workbench bench = new Workbench();
                BiosMachine machine = new BiosMachine(bench, FirmwareFiles.fetch(), disk())) {
            machine.tell(new MachineCommand.PowerOn(), MachineReply.Done.class);
            assertEquals("POWERED_OFF_BY_GUEST ", machine.awaitEnd());
            assertEquals(expected(), machine.com1());
            String log = machine.log();
            // INT 19h boots again without a self-test; all other resets lead to one.
            assertEquals(BOOTS - 1, log.split("Running on QEMU \\(i440fx\\)", -1).length - 1, log);
            assertTrue(log.contains("Moving pm_base to 0x600"), log);
            assertTrue(log.contains("1: /pci@i0cf8/ide@7,1/drive@0/disk@0"), log);
            assertTrue(log.contains("Using pmtimer, ioport 0x608"), log);
            assertTrue(log.contains("PIIX3/PIIX4 init: elcr=00 0c"), log);
            assertTrue(log.contains("PS2 keyboard initialized"), log);
        }
    }

    @Test
    void saysWhenThereIsNothingToBoot() throws Exception {
        try (Workbench bench = new Workbench();
                BiosMachine machine = new BiosMachine(bench, FirmwareFiles.fetch(), null)) {
            machine.tell(new MachineCommand.PowerOn(), MachineReply.Done.class);
            machine.awaitLog("No bootable device.");
            MachineReply.Screen screen = machine.tell(new MachineCommand.GetScreen(0), MachineReply.Screen.class);
            assertEquals("SeaBIOS", screen.text().lines().findFirst().orElse("").split(" ")[0], screen.text());
            assertTrue(screen.text().contains("\nNo bootable device."), screen.text());
        }
    }

    /** The ROM's windows, the strap, fw_cfg's position and all else are part of the state: nothing changes. */
    @Test
    void savesAndRestoresAtRandomInstantsChangeNothing() throws Exception {
        FirmwareFiles files = FirmwareFiles.fetch();
        Path disk = disk();
        int length;
        String hash;
        try (Workbench bench = new Workbench();
                BiosMachine machine = new BiosMachine(bench, files, disk)) {
            machine.tell(new MachineCommand.PowerOn(), MachineReply.Done.class);
            machine.awaitEnd();
            length = machine.log().length();
            hash = hash(machine);
        }
        Random random = new Random(Long.getLong("jeroboam.seed", 1));
        int[] instants = random.ints(SAVES, 1, length).sorted().toArray();
        StringBuilder com1 = new StringBuilder();
        StringBuilder log = new StringBuilder();
        Path state = null;
        for (int i = 0; i <= SAVES; i++) {
            try (Workbench bench = new Workbench();
                    BiosMachine machine = new BiosMachine(bench, files, disk)) {
                if (state == null) {
                    machine.tell(new MachineCommand.PowerOn(), MachineReply.Done.class);
                } else {
                    machine.tell(new MachineCommand.Restore(state.toString()), MachineReply.Done.class);
                    machine.tell(new MachineCommand.Resume(), MachineReply.Done.class);
                }
                boolean saved = false;
                if (i < SAVES) {
                    machine.awaitLog(Math.max(0, instants[i] - log.length()));
                    state = directory.resolve("state" + i);
                    saved = machine.tell(new MachineCommand.Save(state.toString())) instanceof MachineReply.Done;
                }
                if (!saved) { // all saves made, or too late for one more
                    assertEquals("POWERED_OFF_BY_GUEST ", machine.awaitEnd());
                    assertEquals(expected(), com1 + machine.com1());
                    assertEquals(hash, hash(machine), () -> "after saves at " + Arrays.toString(instants));
                    return;
                }
                com1.append(machine.com1());
                log.append(machine.log());
            }
        }
    }

    private static String hash(BiosMachine machine) {
        return machine.tell(new MachineCommand.GetHash(), MachineReply.Hash.class)
                .sha256();
    }

    /** The binary in the resources is what the assembler makes of the source; needs Debian's nasm. */
    @Test
    void assembledGuestIsNotStale() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/nasm")), "nasm is not installed");
        Path fresh = directory.resolve("biosboot.img");
        Process nasm = new ProcessBuilder("nasm", "-f", "bin", "-o", fresh.toString(), "src/test/asm/biosboot.asm")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        assertEquals(0, nasm.waitFor(), "nasm refused biosboot.asm");
        try (InputStream in = BiosBootIT.class.getResourceAsStream("biosboot.img")) {
            assertArrayEquals(Files.readAllBytes(fresh), in.readAllBytes());
        }
    }
}
