package org.jeroboam.guests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;

/**
 * Debian on the demonstration's disk, whose programs work all of their disks at once: each writes random data, asks for it
 * to be on the medium, empties the page cache, reads it back and compares. Meanwhile the guest says numbered lines and
 * answers others.
 */
final class DiskWorker implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PROMPT = "root@jeroboam:/root# ";
    private static final int SIZE = 24 << 20;
    private static final Pattern COUNT = Pattern.compile("(?m)^([A-Z])(?: (\\w+))? (\\d+)$");
    private static final Pattern TROUBLE = Pattern.compile(
            "(?i)error|exception|timeout|timed out|lost|corrupt|abnormal|\\bbug\\b|call trace|reset|fail|hung");

    private static final String SCRIPT = """
            export PATH=/usr/sbin:/usr/bin:/sbin:/bin
            sum() { sha256sum | cut -c1-64; }
            forget() { echo 3 >/proc/sys/vm/drop_caches; }
            disk() {
              mkdir -p $2; n=0; rm -f /run/$1.*
              while [ ! -e /run/stop ]; do
                k=$((n % 7)); f=$2/file$k
                dd if=/dev/urandom bs=16k count=$((n % 23 + 1)) of=$f 2>/dev/null; a=$(sum <$f); sync; forget
                if [ "$a" = "$(sum <$f)" ]; then echo "W $1 $n"; else echo "BAD $1 $n"; fi
                echo "$a  $f" >/run/$1.$k; n=$((n + 1))
              done
              forget; cat /run/$1.? | sha256sum -c -s || echo "BAD $1 at the end"
            }
            medium() {
              a=$(dd if=$2 bs=2k count=$3 2>/dev/null | sum); n=0
              while [ ! -e /run/stop ]; do
                forget; b=$(dd if=$2 bs=2k count=$3 2>/dev/null | sum)
                if [ "$a" = "$b" ]; then echo "W $1 $n"; else echo "BAD $1 $n"; fi
                n=$((n + 1))
              done
            }
            numbers() {
              n=0
              while [ ! -e /run/stop ]; do
                echo "N $n"; echo "on the screen $n" >/dev/tty1; n=$((n + 1)); usleep 10000
              done
            }
            clock() {
              n=0
              while [ ! -e /run/stop ]; do hwclock -u -r >/dev/null && echo "C $n"; n=$((n + 1)); sleep 1; done
            }
            echo; rm -f /run/stop; dmesg -n 1; dmesg -c >/dev/null
            disk root /root/work & for d in $1; do disk $d /mnt/$d & done
            [ -b /dev/sr0 ] && medium cd /dev/sr0 200 &
            medium floppy /dev/fd0 9 & numbers & clock &
            while read -r line && [ "$line" != stop ]; do echo "R $line"; done
            touch /run/stop; wait; echo "--- dmesg"; dmesg; echo "--- end"
            """;

    private final VirtualMachine machine;
    private final Dialogue dialogue;
    private int asked;

    private DiskWorker(VirtualMachine machine) throws ManagementException {
        this.machine = machine;
        dialogue = new Dialogue(machine);
    }

    /**
     * The machine's settings: 256 MiB; a differencing disk over the demonstration's to boot from, a raw and a dynamic disk,
     * a fixed one or a CD, a floppy disk.
     *
     * @param cd whether there is a CD drive, and not a fixed disk
     */
    static MachineSettings settings(Path directory, boolean cd) throws Exception {
        PreparedGuests.useFirmware();
        Path demo = PreparedGuests.demoDisk(directory);
        Path root = directory.resolve("root.vhd");
        try (NewFile made = NewFile.begin(root, false)) {
            ChildCreation.run(made.file(), root, demo, 1 << 19, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        byte[] content = new byte[1 << 20];
        new Random(1).nextBytes(content);
        MachineSettings.Builder settings = MachineSettings.builder()
                .memory("256M")
                .disk(root)
                .disk(Files.write(directory.resolve("raw.img"), new byte[SIZE]))
                .disk(disk(directory.resolve("dynamic.vhd"), false))
                .floppy(Files.write(directory.resolve("floppy.img"), floppy(content)))
                .exitPort("0xf4")
                .device("ne2000,name=net0,pci.device=10,mac=02:4A:45:52:12:34");
        if (cd) {
            settings.cdrom(Files.write(directory.resolve("cd.iso"), new TinyCd("WORK", "DATA.BIN", content).image()));
        } else {
            settings.disk(disk(directory.resolve("fixed.vhd"), true));
        }
        return settings.build();
    }

    private static Path disk(Path file, boolean fixed) throws IOException, ConfigurationException {
        try (NewFile made = NewFile.begin(file, false)) {
            if (fixed) {
                Creation.fixed(made.file(), SIZE, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(made.file(), SIZE, 1 << 19, Instant.now(), UUID.randomUUID());
            }
            made.finish();
        }
        return file;
    }

    private static byte[] floppy(byte[] content) {
        byte[] image = new byte[1_474_560];
        System.arraycopy(content, 0, image, 0, content.length);
        return image;
    }

    /** Waits until a machine that was switched on has booted, and lets it begin to work. */
    static DiskWorker begin(VirtualMachine machine) throws Exception {
        DiskWorker worker = new DiskWorker(machine);
        worker.start();
        return worker;
    }

    private void start() throws Exception {
        dialogue.await(PROMPT, PATIENCE);
        run("stty -echo");
        dialogue.type("cat >worker <<'END'");
        for (String line : SCRIPT.split("\n")) {
            dialogue.type(line);
        }
        run("END");
        List<String> disks = new ArrayList<>(List.of("sdb", "sdc"));
        if (machine.extension().parts().stream().anyMatch(part -> part.name().equals("disk:disk3"))) {
            disks.add("sdd");
        }
        for (String disk : disks) {
            String said = run("mkdir -p /mnt/" + disk + "; mke2fs /dev/" + disk + " >/dev/null; mount -t ext4 /dev/"
                    + disk + " /mnt/" + disk + " && echo mounted-$((40+2))");
            if (!said.contains("mounted-42")) {
                throw new AssertionError(said);
            }
        }
        dialogue.type("sh worker '" + String.join(" ", disks) + "'");
        dialogue.await("N 20\r\n", PATIENCE);
    }

    private String run(String command) throws InterruptedException {
        dialogue.type(command);
        return dialogue.await(PROMPT, PATIENCE);
    }

    /** Says something to the guest, which it shall answer. */
    void ask() throws InterruptedException {
        dialogue.type(Integer.toString(asked++));
    }

    /** Lets the guest work. */
    void pause(long millis) throws InterruptedException {
        dialogue.pause(millis);
    }

    /**
     * What the guest did.
     *
     * @param pieces written, read back and found the same, on all disks
     * @param lines numbered lines, none of them lost
     * @param answers all that were asked for
     * @param complaints of the guest's programs and its kernel; none, one hopes
     */
    record Account(int pieces, int lines, int answers, List<String> complaints) {}

    /** Lets the guest stop working and checks all that it said. */
    Account end() throws InterruptedException {
        dialogue.type("stop");
        dialogue.await("--- dmesg", PATIENCE);
        String kernel = dialogue.await("--- end", PATIENCE);
        dialogue.await(PROMPT, PATIENCE);
        List<String> complaints = new ArrayList<>();
        kernel.lines().filter(line -> TROUBLE.matcher(line).find()).forEach(complaints::add);
        String said = dialogue.transcript().replace("\r", "");
        said.lines()
                .filter(line -> line.contains("BAD"))
                .filter(line -> !line.contains("echo"))
                .forEach(complaints::add);
        Map<String, Integer> next = new TreeMap<>();
        Matcher matcher = COUNT.matcher(said.substring(0, said.indexOf("--- dmesg")));
        while (matcher.find()) {
            String series = matcher.group(1) + (matcher.group(2) == null ? "" : " " + matcher.group(2));
            int number = Integer.parseInt(matcher.group(3));
            int wanted = next.merge(series, 1, Integer::sum) - 1;
            if (number != wanted) {
                complaints.add("series " + series + ": " + number + " where " + wanted + " should be");
                next.put(series, number + 1);
            }
        }
        int answers = next.getOrDefault("R", 0);
        if (answers != asked) {
            complaints.add(asked + " lines were sent, and " + answers + " answered");
        }
        int pieces = next.entrySet().stream()
                .filter(e -> e.getKey().startsWith("W"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        return new Account(pieces, next.getOrDefault("N", 0), answers, complaints);
    }

    /** Switches the guest off in an orderly way. */
    void powerOff() throws InterruptedException {
        dialogue.type("poweroff");
    }

    @Override
    public void close() {
        dialogue.close();
    }
}
