package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Foreign boot media start through the BIOS, show what they show on a PC, and answer keys. */
class BootMediaIT {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static Path media;

    @TempDir
    Path directory;

    @BeforeAll
    static void fetch() throws Exception {
        media = PreparedGuests.bootMedia();
        PreparedGuests.useFirmware();
    }

    private interface Talk {
        void with(ScreenWatch screen) throws Exception;
    }

    private void boot(MachineSettings.Builder settings, Talk talk) throws Exception {
        try (Workbench bench = new Workbench()) {
            LocalVirtualServer server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            VirtualMachine machine = server.createTransientMachine("guest", settings.build());
            machine.startup();
            talk.with(new ScreenWatch(machine, PATIENCE));
            machine.turnOff();
            server.close();
        }
    }

    private static MachineSettings.Builder machine() throws Exception {
        return MachineSettings.builder().memory("64M").serial("none");
    }

    @Test
    void grubsRescueCdListsTheFilesOfAVhd() throws Exception {
        MachineSettings.Builder settings = machine()
                .disk(PreparedGuests.demoDisk(directory))
                .cdrom(media.resolve("grub-rescue.iso"))
                .boot("d");
        boot(settings, screen -> {
            screen.await("GNU GRUB");
            screen.type("c");
            screen.await("grub>");
            screen.type("ls (hd0,msdos1)/\n");
            String listed = screen.await("lost+found/");
            assertTrue(listed.contains("boot/"), listed);
        });
    }

    @Test
    void grubsRescueFloppyReachesItsPrompt() throws Exception {
        Path floppy = PreparedGuests.copy(media.resolve("grub-rescue.img"), directory);
        boot(machine().floppy(floppy).boot("a"), screen -> {
            screen.await("GNU GRUB");
            screen.type("c");
            screen.await("grub>");
            screen.type("echo floppy-$grub_platform\n");
            screen.await("\nfloppy-pc");
        });
    }

    @Test
    void isolinuxStartsAProgramOfItsCd() throws Exception {
        boot(machine().cdrom(media.resolve("isolinux.iso")).boot("d"), screen -> {
            screen.await("boot:");
            screen.type("ipxe\n");
            screen.await("Open Source Network Boot Firmware");
        });
    }

    @Test
    void ipxesCdStarts() throws Exception {
        boot(machine().cdrom(media.resolve("ipxe.iso")).boot("d"), screen -> {
            screen.await("Open Source Network Boot Firmware");
            screen.await("No more network devices");
        });
    }
}
