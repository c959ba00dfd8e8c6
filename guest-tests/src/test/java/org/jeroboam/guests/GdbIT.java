package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jeroboam.access.gdb.GdbStub;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.DebugStub;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real GDB attaches, breaks, watches, steps, reads and writes, in real mode and in protected mode. */
class GdbIT {
    @TempDir
    Path directory;

    @BeforeAll
    static void needGdb() {
        assumeTrue(
                List.of("/usr/bin/gdb", "/usr/local/bin/gdb").stream()
                        .anyMatch(file -> Files.isExecutable(Path.of(file))),
                "GDB is not installed");
    }

    /** Starts a machine, lets GDB do what a script says, and gives back what it printed. */
    private String debug(MachineSettings settings, String... script) throws Exception {
        Path commands = directory.resolve("commands");
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine("guest", settings);
            machine.extension().startPaused();
            try (DebugStub.Listening port = new GdbStub().listen(machine, 0)) {
                Files.writeString(
                        commands,
                        "set pagination off\ntarget remote localhost:" + port.port() + "\n" + String.join("\n", script)
                                + "\ndetach\n");
                return gdb(commands);
            } finally {
                machine.turnOff();
                server.close();
            }
        }
    }

    private static String gdb(Path commands) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("gdb", "-nx", "-q", "-batch", "-x", commands.toString())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(1, TimeUnit.MINUTES), said);
        assertEquals(0, process.exitValue(), said);
        return said;
    }

    private static void assertSaid(String said, String... texts) {
        int at = 0;
        for (String text : texts) {
            int found = said.indexOf(text, at);
            assertTrue(found >= 0, "GDB did not say '" + text + "' there; it said:\n" + said);
            at = found + text.length();
        }
    }

    @Test
    void realModeFromTheResetVectorOn() throws Exception {
        PreparedGuests.useFirmware();
        byte[] floppy = new byte[1_474_560];
        byte[] program = {(byte) 0xB8, 0x34, 0x12, (byte) 0xA3, 0, 6, (byte) 0xEB, (byte) 0xF8}; // mov, store, jmp
        System.arraycopy(program, 0, floppy, 0, program.length);
        floppy[510] = 0x55;
        floppy[511] = (byte) 0xAA;
        Path image = Files.write(directory.resolve("floppy.img"), floppy);
        MachineSettings settings = MachineSettings.builder()
                .memory("16M")
                .serial("none")
                .floppy(image)
                .boot("a")
                .build();
        String said = debug(
                settings,
                "info registers eip cs_base",
                "break *0x7c00",
                "continue",
                "info registers cs",
                "delete",
                "watch *(short*)0x600",
                "continue",
                "p/x *(short*)0x600",
                "p/x $eax & 0xffff",
                "delete",
                "set $eax=0x5678",
                "set *(short*)0x600=0x1111",
                "stepi",
                "x/1xh 0x600",
                "set $es=0x1234",
                "info registers es es_base",
                "p/x $eax & 0xffff");
        assertSaid(
                said,
                "0xfffffff0",
                "cs_base        0xffff0000",
                "Breakpoint 1, 0x00007c00",
                "cs             0x0",
                "Hardware watchpoint 2",
                "New value = 4660",
                "$1 = 0x1234",
                "$2 = 0x1234",
                "0x00007c00 in ?? ()",
                "0x600:\t0x1111",
                "es             0x1234",
                "es_base        0x12340",
                "$3 = 0x5678");
    }

    @Test
    void protectedModeInAKernel() throws Exception {
        DemoGuest guest = DemoGuest.fetch();
        MachineSettings settings = MachineSettings.builder()
                .memory("64M")
                .serial("none")
                .kernel(guest.kernel())
                .initrd(guest.initrd())
                .build();
        String said = debug(
                settings,
                "x/1i $pc",
                "stepi",
                "stepi",
                "p/x $pc",
                "break *0x10000d",
                "continue",
                "p/x *(int*)$esp",
                "set *(int*)$esp=0x77",
                "p/x *(int*)$esp",
                "p $xmm0.uint128",
                "p $st0",
                "set $fs=0",
                "info registers fs fs_base",
                "python",
                "try: gdb.execute('set $fs=0xfff8')",
                "except gdb.error as e: print(e)",
                "end",
                "info registers fs");
        assertSaid(
                said,
                "=> 0x100000:\tcld",
                "$1 = 0x100002",
                "Breakpoint 1, 0x0010000d",
                "$2 = 0x10000d",
                "$3 = 0x77",
                "$4 = 0",
                "$5 = 0",
                "fs             0x0",
                "fs_base        0x0",
                "FS cannot be loaded: selector fff8h is beyond the descriptor table",
                "fs             0x0");
    }
}
