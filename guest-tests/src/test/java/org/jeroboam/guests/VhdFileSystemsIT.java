package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.server.LocalVirtualServer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.DiskKind;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian makes its own file systems on disks of each kind. They outlive a reset and a power cut behind the guest's sync,
 * then go on in children and grandchildren. Each time other programs read the same bytes from the files.
 */
class VhdFileSystemsIT {
    private static final int SIZE = 20 << 20;
    private static final int PIECE = 4096;
    private static final String HASH = "[0-9a-f]{64}";
    /** Where the disks are: the third one is the second channel's slave, for a CD drive likes to be its master. */
    private static final List<String> NAMES = List.of("hda", "hdb", "hdd", "hdc");

    @TempDir
    Path directory;

    /** What the guest said of each disk last. */
    private final Map<String, String> hashes = new LinkedHashMap<>();

    private Path kernel;
    private Path initrd;
    private LocalVirtualServer server;
    private int machines;

    @Test
    void fileSystemsOfTheGuestOutliveEverything() throws Exception {
        kernel = DemoGuest.fetch().kernel();
        // With the modules of file systems; its shell is started instead of its search for a root.
        initrd = Files.write(
                directory.resolve("initrd"), DemoDisk.copy("686", directory).get("/boot/initrd.img"));
        Path raw = directory.resolve("raw.img");
        Files.write(raw, new byte[SIZE]);
        Path fixed = disk("fixed.vhd", DiskKind.FIXED, 0);
        Path large = disk("large.vhd", DiskKind.DYNAMIC, 2 << 20);
        Path small = disk("small.vhd", DiskKind.DYNAMIC, 4096);
        try (Workbench bench = new Workbench()) {
            server = new LocalVirtualServer(directory.resolve("machines"), bench.machines());
            live(List.of(raw, fixed, large, small), NAMES);
            othersRead(raw, "raw", NAMES.get(0));
            othersRead(fixed, "vpc", NAMES.get(1));
            othersRead(large, "vpc", NAMES.get(2));
            othersRead(small, "vpc", NAMES.get(3));

            Map<Path, byte[]> parents = contents(fixed, large, small);
            Path first = child("first.vhd", fixed, 2 << 20);
            Path second = child("second.vhd", large, 1 << 16);
            Path third = child("third.vhd", small, 4096);
            // On the third a new file system is made, over the old one.
            live(List.of(raw, first, second, third), List.of(NAMES.getLast()));
            othersRead(first, null, NAMES.get(1));
            othersRead(second, null, NAMES.get(2));
            othersRead(third, null, NAMES.get(3));

            parents.putAll(contents(first, second, third));
            Path over = child("grandchild.vhd", first, 1 << 16);
            Path overSecond = child("grandchild of large.vhd", second, 2 << 20);
            Path overThird = child("grandchild of small.vhd", third, 8192);
            live(List.of(raw, over, overSecond, overThird), List.of());
            othersRead(over, null, NAMES.get(1));
            othersRead(overSecond, null, NAMES.get(2));
            othersRead(overThird, null, NAMES.get(3));
            for (Map.Entry<Path, byte[]> parent : parents.entrySet()) {
                assertEquals(-1, Arrays.mismatch(parent.getValue(), Files.readAllBytes(parent.getKey())));
            }
            server.close();
        }
    }

    private Path disk(String name, DiskKind kind, long blockSize) throws IOException, ConfigurationException {
        Path file = directory.resolve(name);
        try (NewFile made = NewFile.begin(file, false)) {
            if (kind == DiskKind.FIXED) {
                Creation.fixed(made.file(), SIZE, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(made.file(), SIZE, blockSize, Instant.now(), UUID.randomUUID());
            }
            made.finish();
        }
        return file;
    }

    private Path child(String name, Path parent, long blockSize) throws IOException, ConfigurationException {
        Path file = directory.resolve(name);
        try (NewFile made = NewFile.begin(file, false)) {
            ChildCreation.run(made.file(), file, parent, blockSize, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return file;
    }

    private static Map<Path, byte[]> contents(Path... files) throws IOException {
        Map<Path, byte[]> contents = new LinkedHashMap<>();
        for (Path file : files) {
            contents.put(file, Files.readAllBytes(file));
        }
        return contents;
    }

    /** File systems are made on some disks and found on the others; all are written, reset, written, and cut off. */
    private void live(List<Path> disks, List<String> toMake) throws Exception {
        MachineSettings.Builder settings = MachineSettings.builder()
                .memory("96M")
                .kernel(kernel)
                .initrd(initrd)
                .append("console=ttyS0 mitigations=off quiet rdinit=/bin/busybox -- sh");
        for (Path disk : disks) {
            settings.disk(disk);
        }
        VirtualMachine machine = server.createTransientMachine("machine" + machines++, settings.build());
        machine.startup();
        try (DebianSession session = new DebianSession(machine)) {
            begin(session);
            for (String disk : NAMES) {
                if (toMake.contains(disk)) {
                    says(session, "mke2fs /dev/" + disk + " >/dev/null");
                    mount(session, disk);
                } else {
                    mount(session, disk);
                    assertEquals(hashes.get(disk), hash(session, disk), "before: " + disk);
                }
                write(session, disk);
                hashes.put(disk, hash(session, disk));
            }
            says(session, "sync");
            machine.reset();
            begin(session);
            for (String disk : NAMES) {
                mount(session, disk);
                assertEquals(hashes.get(disk), hash(session, disk), "after the reset: " + disk);
                says(session, "cd /mnt/" + disk + "; rm -r etc; echo more >>random; sync; cd /");
                hashes.put(disk, hash(session, disk));
                hashes.put(disk + " random", sum(session, "sha256sum /mnt/" + disk + "/random"));
            }
            // Not unmounted: what was synced is there.
            machine.turnOff();
        }
    }

    private static void begin(DebianSession session) throws InterruptedException {
        session.await("/ # ");
        session.type("/bin/busybox --install -s; export PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount -t proc proc /proc;"
                + " mount -t sysfs sysfs /sys; mount -t devtmpfs devtmpfs /dev;"
                + " modprobe -a ata_piix sd_mod crc32c_generic ext4;"
                + " until [ -b /dev/sdd ]; do sleep 0.1; done;"
                // Linux looks at both channels at once and gives sdb, sdc and sdd to whom it finds first.
                + " at() { ln -s /dev/$(ls /sys/bus/scsi/devices/$1/block) /dev/$2; };"
                + " at 0:0:0:0 hda; at 0:0:1:0 hdb; at 1:0:0:0 hdc; at 1:0:1:0 hdd;"
                + " stty -echo; PS1='root@jeroboam:'; PS1=${PS1}'/root# '");
        session.await("root@jeroboam:/root# ");
    }

    private static void says(DebianSession session, String command) throws InterruptedException {
        assertEquals("status 0", session.run(command + "; echo status $?"), command);
    }

    private static void mount(DebianSession session, String disk) throws InterruptedException {
        says(session, "mkdir -p /mnt/" + disk + "; mount -t ext4 /dev/" + disk + " /mnt/" + disk + " 2>&1");
    }

    private static void write(DebianSession session, String disk) throws InterruptedException {
        says(
                session,
                "cd /mnt/" + disk + "; dd if=/dev/urandom of=random bs=4096 count=300 conv=notrunc 2>/dev/null;"
                        + " dd if=/dev/zero of=zeros bs=65536 count=9 2>/dev/null; mkdir -p many; i=0;"
                        + " while [ $i -lt 60 ]; do echo $i$RANDOM >many/$i; i=$((i+1)); done; rm many/*7;"
                        + " mkdir etc; cp /proc/cpuinfo etc; cd /");
    }

    /** Of all names and contents. */
    private static String hash(DebianSession session, String disk) throws InterruptedException {
        return sum(session, "cd /mnt/" + disk + "; find . -type f | sort | xargs sha256sum | sha256sum; cd /");
    }

    private static String sum(DebianSession session, String command) throws InterruptedException {
        String said = session.run(command);
        String sum = said.substring(0, Math.min(64, said.length()));
        assertTrue(sum.matches(HASH), said);
        return sum;
    }

    /** The file is in good order; other programs see the bytes that we see, and in them the guest's file. */
    private void othersRead(Path disk, String qemuFormat, String name) throws Exception {
        Path ours = directory.resolve("ours.raw");
        Conversion.run(disk, ours, DiskKind.RAW, true, Progress.NONE);
        if (!"raw".equals(qemuFormat)) {
            try (HostFile file = HostFile.open(disk, true)) {
                Check.Report report = Check.run(file, Progress.NONE);
                assertTrue(report.good(), report::toString);
            }
            mounted(disk, ours);
        }
        Path theirs = ours;
        if (qemuFormat != null && has("qemu-img")) {
            theirs = directory.resolve("theirs.raw");
            Tools.run("qemu-img", "convert", "-f", qemuFormat, "-O", "raw", disk.toString(), theirs.toString());
            assertEquals(-1, Files.mismatch(ours, theirs));
        }
        Tools.run("e2fsck", "-fn", theirs.toString());
        Path random = directory.resolve("random");
        Files.deleteIfExists(random);
        Tools.run("debugfs", "-R", "dump /random " + random, theirs.toString());
        assertEquals(hashes.get(name + " random"), Digest.sha256(Files.readAllBytes(random)));
    }

    private void mounted(Path disk, Path ours) throws Exception {
        if (!has("vhdimount") || !Files.isWritable(Path.of("/dev/fuse"))) {
            return;
        }
        Path mounted = Files.createTempDirectory(directory, "mounted");
        Tools.run("vhdimount", disk.toString(), mounted.toString());
        try (Stream<Path> layers = Files.list(mounted)) {
            Path top = layers.max(Comparator.naturalOrder()).orElseThrow();
            Path theirs = directory.resolve("mounted.raw");
            // In pieces: libvhdi (20210425) misreads where one read goes over several blocks.
            Tools.run("dd", "if=" + top, "of=" + theirs, "bs=" + PIECE, "iflag=direct");
            assertEquals(-1, Files.mismatch(ours, theirs));
        } finally {
            Tools.run("umount", mounted.toString());
        }
    }

    private static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}
