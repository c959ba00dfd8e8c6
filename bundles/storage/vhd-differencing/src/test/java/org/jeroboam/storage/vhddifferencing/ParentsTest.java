package org.jeroboam.storage.vhddifferencing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.ParentLocator;
import org.jeroboam.storage.vhd.VhdTime;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How parents are found, and when a disk is refused for its parent's sake. */
class ParentsTest {
    private static final int SIZE = 3 << 20;
    private static final int HEADER = 512;

    @TempDir
    Path folder;

    private final VhdDifferencingFormat format = new VhdDifferencingFormat();
    private byte[] content;
    private Path home;
    private Path parent;
    private Path child;

    @BeforeEach
    void create() throws Exception {
        content = Chains.bytes(new Random(6), SIZE);
        home = Files.createDirectories(folder.resolve("home"));
        parent = Chains.fixed(Files.createDirectories(home.resolve("base ü")).resolve("parent disk é.vhd"), content);
        child = Chains.child(Files.createDirectories(home.resolve("children")).resolve("child.vhd"), parent, 1 << 16);
    }

    private String refused(Path disk) {
        String message = "";
        for (boolean readOnly : new boolean[] {true, false}) {
            message = assertThrows(ConfigurationException.class, () -> format.open(disk, readOnly))
                    .getMessage();
            assertTrue(message.startsWith("disk image ") && !message.contains("\n"), message);
        }
        assertEquals(
                message,
                assertThrows(ConfigurationException.class, () -> format.parents(disk))
                        .getMessage());
        return message;
    }

    private void reads(Path disk) throws Exception {
        assertArrayEquals(content, Chains.read(disk));
    }

    @Test
    void theLinkSaysWhereTheParentIs() throws Exception {
        ParentLink link = Chains.layout(child).parent();
        assertEquals(Chains.layout(parent).footer().uniqueId(), link.id());
        assertEquals(Instant.parse("2005-11-07T10:00:00Z"), VhdTime.instant(link.timeStamp()));
        assertEquals("parent disk é.vhd", link.name());
        assertEquals(List.of(), link.damage());
        assertEquals(
                List.of("W2ru", "W2ku", "MacX"),
                link.locators().stream().map(ParentLocator::platformText).toList());
        Path real = parent.toRealPath();
        assertEquals(
                List.of(
                        "..\\base ü\\parent disk é.vhd",
                        real.toString(),
                        real.toUri().toString()),
                link.locators().stream().map(ParentLocator::text).toList());
        Path beside = Chains.child(parent.resolveSibling("beside.vhd"), parent, 1 << 16);
        assertEquals(
                ".\\parent disk é.vhd",
                Chains.layout(beside).parent().locators().getFirst().text());
    }

    @Test
    void theHeaderIsThatOfTheSpecification() throws Exception {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(child));
        assertEquals(4, file.getInt(60), "disk type");
        UUID id = Chains.layout(parent).footer().uniqueId();
        assertEquals(id.getMostSignificantBits(), file.getLong(HEADER + 40));
        assertEquals(id.getLeastSignificantBits(), file.getLong(HEADER + 48));
        // 2005-11-07 10:00 in seconds since the year 2000.
        assertEquals(184672800, file.getInt(HEADER + 56));
        byte[] name = "parent disk é.vhd".getBytes(StandardCharsets.UTF_16BE);
        assertEquals(ByteBuffer.wrap(name), file.slice(HEADER + 64, name.length));
        assertEquals(0, file.getShort(HEADER + 64 + name.length));
        assertEquals(0x57327275, file.getInt(HEADER + 576), "W2ru");
        byte[] relative = "..\\base ü\\parent disk é.vhd".getBytes(StandardCharsets.UTF_16LE);
        assertEquals(relative.length, file.getInt(HEADER + 576 + 8));
        long at = file.getLong(HEADER + 576 + 16);
        assertEquals(0, at % 512);
        assertEquals(ByteBuffer.wrap(relative), file.slice((int) at, relative.length));
        assertTrue(file.getInt(HEADER + 576 + 4) >= relative.length + 400, "room for a longer path");
        assertEquals(0x57326B75, file.getInt(HEADER + 600), "W2ku");
        assertEquals(0x4D616358, file.getInt(HEADER + 624), "MacX");
        assertEquals(0, file.getInt(HEADER + 648));
    }

    @Test
    void bothFilesMovedTogether() throws Exception {
        Path away = Files.move(home, folder.resolve("elsewhere"));
        Path moved = away.resolve("children/child.vhd");
        reads(moved);
        assertEquals(List.of(away.resolve("base ü/parent disk é.vhd").toRealPath()), format.parents(moved));
    }

    @Test
    void theChildMovedAlone() throws Exception {
        reads(Files.move(child, folder.resolve("alone.vhd")));
    }

    @ParameterizedTest
    @ValueSource(ints = {ParentLocator.W2RU, ParentLocator.W2KU, ParentLocator.MACX})
    void eachLocatorAloneIsEnough(int platform) throws Exception {
        Links.only(child, "", List.of(platform));
        reads(child);
    }

    @Test
    void theNameAloneIsEnoughBesideTheChild() throws Exception {
        Path beside = Chains.child(parent.resolveSibling("beside.vhd"), parent, 1 << 16);
        for (String name : List.of("parent disk é.vhd", "C:\\disks\\parent disk é.vhd", "/x/parent disk é.vhd")) {
            Links.only(beside, name, List.of());
            reads(beside);
        }
    }

    @Test
    void linksOfOtherPrograms() throws Exception {
        ParentLocator relative = Chains.layout(child).parent().locators().getFirst();
        String[] texts = {"../base ü/parent disk é.vhd", "..\\base ü/parent disk é.vhd", parent.toString()};
        for (String text : texts) {
            for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
                Path copy = child.resolveSibling("copy.vhd");
                Files.deleteIfExists(copy);
                Files.copy(child, copy);
                byte[] bytes = (text + "\0").getBytes(charset);
                try (HostFile file = HostFile.open(copy, false)) {
                    file.write(relative.position(), ByteBuffer.wrap(bytes));
                }
                Links.change(
                        copy,
                        link -> new ParentLink(
                                link.id(),
                                link.timeStamp(),
                                "",
                                List.of(new ParentLocator(
                                        ParentLocator.W2RU, relative.space(), bytes.length, relative.position(), text)),
                                List.of()));
                reads(copy);
            }
        }
    }

    /** Texts in pages of 4096 bytes, no time, a path of another machine. */
    @Test
    void aDiskLaidOutAsHyperVDoes() throws Exception {
        byte[] made = Files.readAllBytes(child);
        byte[] bytes = java.util.Arrays.copyOf(java.util.Arrays.copyOf(made, 2048), 0x5200);
        System.arraycopy(made, made.length - 512, bytes, 0x5000, 512);
        String absolute = "C:\\Projects\\dfvfs\\parent disk é.vhd";
        String relative = "..\\base ü\\parent disk é.vhd";
        byte[] first = absolute.getBytes(StandardCharsets.UTF_16LE);
        byte[] second = relative.getBytes(StandardCharsets.UTF_16LE);
        System.arraycopy(first, 0, bytes, 0x1000, first.length);
        System.arraycopy(second, 0, bytes, 0x3000, second.length);
        Files.write(child, bytes);
        Links.change(
                child,
                link -> new ParentLink(
                        link.id(),
                        0,
                        absolute,
                        List.of(
                                new ParentLocator(ParentLocator.W2KU, 4096, first.length, 0x1000, absolute),
                                new ParentLocator(ParentLocator.W2RU, 4096, second.length, 0x3000, relative)),
                        List.of()));
        reads(child);
        byte[] expected = content.clone();
        try (DiskImage image = format.open(child, false)) {
            Chains.write(image, expected, new Random(1), 30);
        }
        assertArrayEquals(expected, Chains.read(child));
        ParentLink after = Chains.layout(child).parent();
        assertEquals(
                List.of(absolute, relative),
                after.locators().stream().map(ParentLocator::text).toList());
        try (HostFile file = HostFile.open(child, true)) {
            assertTrue(Check.run(file, Progress.NONE).good());
        }
    }

    @Test
    void aWrongFileAtTheRelativePlaceIsNotTaken() throws Exception {
        Path moved = Files.createDirectories(folder.resolve("other/children")).resolve("child.vhd");
        Files.move(child, moved);
        Path wrong = Files.createDirectories(folder.resolve("other/base ü")).resolve(parent.getFileName());
        Chains.fixed(wrong, new byte[SIZE]);
        reads(moved);
        Files.write(wrong, new byte[5000]);
        reads(moved);
        Files.delete(parent);
        assertTrue(refused(moved).contains("not usable"), refused(moved));
    }

    @Test
    void aNameWithABackslashIsFound() throws Exception {
        Path odd = Chains.fixed(home.resolve("a\\b%20 .vhd"), content);
        Path above = Chains.child(home.resolve("odd.vhd"), odd, 1 << 16);
        reads(above);
        reads(Files.move(home, folder.resolve("moved")).resolve("odd.vhd"));
    }

    @Test
    void aChildBehindASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link.vhd"), child);
        Links.only(child, "", List.of(ParentLocator.W2RU));
        reads(link);
    }

    @Test
    void aMissingParentIsNamed() throws Exception {
        Files.delete(parent);
        String message = refused(child);
        assertTrue(message.contains("'parent disk é.vhd' is not there (looked for"), message);
        assertTrue(message.contains("re-parent"), message);
        Files.createDirectory(parent);
        assertTrue(refused(child).contains("is not there"));
    }

    @Test
    void anotherDiskIsNoParent() throws Exception {
        UUID id = Chains.layout(parent).footer().uniqueId();
        Files.delete(parent);
        Chains.fixed(parent, content);
        String message = refused(child);
        assertTrue(message.contains("has the id " + id + ", but " + parent.toRealPath()), message);
        Files.write(parent, new byte[4096]);
        assertTrue(refused(child).contains("its parent is not usable: disk image"), refused(child));
    }

    @Test
    void aChangedParentIsRefused() throws Exception {
        Files.setLastModifiedTime(parent, FileTime.from(Instant.parse("2005-11-07T10:00:01Z")));
        String message = refused(child);
        assertTrue(message.contains("was changed at 2005-11-07T10:00:01Z"), message);
        assertTrue(message.contains("state of 2005-11-07T10:00:00Z"), message);
        assertTrue(message.contains("restore that parent, or re-parent"), message);
        Links.relink(child, parent);
        reads(child);
        try (DiskImage image = format.open(child, false)) {
            Chains.write(image, content, new Random(1), 3);
        }
        reads(child);
    }

    @Test
    void aTimeThatNobodyWroteIsNotCompared() throws Exception {
        Links.change(child, link -> new ParentLink(link.id(), 0, link.name(), link.locators(), List.of()));
        Files.setLastModifiedTime(parent, FileTime.from(Instant.now()));
        reads(child);
    }

    @Test
    void aParentFromBeforeTheFirstTimeIsComparedToo() throws Exception {
        Files.setLastModifiedTime(parent, FileTime.fromMillis(0));
        Path other = Chains.child(home.resolve("other.vhd"), parent, 1 << 16);
        reads(other);
        Files.setLastModifiedTime(parent, FileTime.from(Instant.now()));
        assertTrue(refused(other).contains("was changed"), refused(other));
    }

    @Test
    void writingToAParentOfAParentIsNoticed() throws Exception {
        Path grandchild = Chains.child(home.resolve("grandchild.vhd"), child, 1 << 16);
        reads(grandchild);
        FileTime before = Files.getLastModifiedTime(child);
        try (DiskImage image = format.open(child, false)) {
            Chains.write(image, content.clone(), new Random(1), 3);
        }
        if (Files.getLastModifiedTime(child).to(java.util.concurrent.TimeUnit.SECONDS)
                == before.to(java.util.concurrent.TimeUnit.SECONDS)) {
            Files.setLastModifiedTime(child, FileTime.fromMillis(before.toMillis() + 1000));
        }
        assertTrue(refused(grandchild).contains("its parent " + child.toRealPath() + " was changed"));
    }

    @Test
    void aDiskIsNotItsOwnParent() throws Exception {
        UUID own = Chains.layout(child).footer().uniqueId();
        Path self = Files.createSymbolicLink(child.resolveSibling("self.vhd"), child);
        Links.change(child, link -> new ParentLink(own, link.timeStamp(), "self.vhd", List.of(), List.of()));
        assertTrue(refused(child).contains("the chain of its parents comes back to " + child.toRealPath()));
        assertTrue(refused(self).contains("the chain of its parents comes back to " + child.toRealPath()));
    }

    @Test
    void chainsDoNotGoRound() throws Exception {
        Path b = Chains.child(child.resolveSibling("b.vhd"), child, 1 << 16);
        Path c = Chains.child(child.resolveSibling("c.vhd"), b, 1 << 16);
        FileTime time = FileTime.from(Instant.parse("2006-01-01T00:00:00Z"));
        UUID last = Chains.layout(c).footer().uniqueId();
        int stamp = VhdTime.of(time.toInstant());
        Links.change(child, link -> new ParentLink(last, stamp, "c.vhd", List.of(), List.of()));
        for (Path disk : List.of(b, c)) {
            Links.change(disk, link -> new ParentLink(link.id(), stamp, link.name(), link.locators(), List.of()));
        }
        for (Path disk : List.of(child, b, c)) {
            Files.setLastModifiedTime(disk, time);
        }
        for (Path disk : List.of(child, b, c)) {
            assertTrue(refused(disk).contains("comes back to"), refused(disk));
        }
    }

    @Test
    @Timeout(20)
    void pipesAndDevicesAreNoParents() throws Exception {
        Path pipe = child.resolveSibling("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        for (String name : List.of("pipe", "/dev/zero", "/dev/stdin", "/proc/kmsg", "/dev/tty", ".", "..")) {
            Links.only(child, name, List.of());
            assertTrue(refused(child).contains("is not there"), refused(child));
        }
    }

    @Test
    void namesThatAreNone() throws Exception {
        for (String name : List.of("x".repeat(255), "a\nb\u0001\uD800", "/".repeat(200), "\\\\server\\share\\x.vhd")) {
            Links.only(child, name, List.of());
            assertTrue(refused(child).contains("is not there"), refused(child));
        }
        Links.only(child, "", List.of());
        assertTrue(refused(child).contains("no place that this system understands"), refused(child));
        Links.change(
                child,
                link -> new ParentLink(
                        link.id(),
                        link.timeStamp(),
                        "",
                        List.of(new ParentLocator(0x4D616320, 512, 64, 2048, "")),
                        List.of()));
        assertTrue(refused(child).contains("no place that this system understands"), refused(child));
    }

    @Test
    void damagedLocatorsAreNotWrittenOver() throws Exception {
        Path intact = Files.copy(child, child.resolveSibling("intact.vhd"));
        long[][] damages = {
            {1 << 30, 40},
            {-512, 40},
            {Long.MAX_VALUE, 40},
            {512, 40},
            {0, 40},
            {1536, 40},
            {2048, 0xFFFFFFFFL},
            {2048, 65537}
        };
        for (long[] damage : damages) {
            Files.copy(intact, child, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Links.change(child, link -> {
                ParentLocator first = link.locators().getFirst();
                return new ParentLink(
                        link.id(),
                        link.timeStamp(),
                        link.name(),
                        List.of(
                                new ParentLocator(first.platform(), 512, damage[1], damage[0], ""),
                                link.locators().get(1)),
                        List.of());
            });
            reads(child);
            String message = assertThrows(ConfigurationException.class, () -> format.open(child, false))
                    .getMessage();
            assertTrue(message.contains("is damaged and will not be written: parent locator 1 "), message);
            try (HostFile file = HostFile.open(child, true)) {
                Check.Report report = Check.run(file, Progress.NONE);
                assertFalse(report.good());
                assertTrue(report.problems().getFirst().startsWith("parent locator 1 "), report.toString());
            }
        }
    }

    @Test
    void aBlockOverALocatorIsDamage() throws Exception {
        long at = Chains.layout(child).parent().locators().getFirst().position();
        byte[] bytes = java.util.Arrays.copyOf(Files.readAllBytes(child), 200_000);
        System.arraycopy(bytes, 0, bytes, bytes.length / 512 * 512 - 512, 512);
        ByteBuffer.wrap(bytes).putInt(1536, (int) at / 512);
        Files.write(child, java.util.Arrays.copyOf(bytes, bytes.length / 512 * 512));
        String message = assertThrows(ConfigurationException.class, () -> format.open(child, false))
                .getMessage();
        assertTrue(message.contains("block 0 should be at byte " + at + ", over the file's own structures"), message);
    }

    @Test
    void aDamagedParentIsNotBuiltOn() throws Exception {
        byte[] seen = content.clone();
        Path dynamic = Chains.dynamic(home.resolve("dynamic.vhd"), seen, 1 << 16, new Random(3));
        Path above = Chains.child(home.resolve("above.vhd"), dynamic, 1 << 16);
        assertArrayEquals(seen, Chains.read(above));
        Chains.poke(dynamic, 1536, 0, 0, 0, 1);
        String message = assertThrows(ConfigurationException.class, () -> format.open(above, false))
                .getMessage();
        assertTrue(message.startsWith("disk image " + dynamic.toRealPath() + " is damaged"), message);
        try (DiskImage image = format.open(above, true)) {
            assertEquals(SIZE / 512, image.sectors(), "what can be read can be read");
        }
        Path next = home.resolve("next.vhd");
        assertThrows(ConfigurationException.class, () -> Chains.child(next, dynamic, 1 << 16));
        assertFalse(Files.exists(next));
    }

    @Test
    void whatCannotBeAParent() throws Exception {
        Path next = home.resolve("next.vhd");
        Path raw = Files.write(home.resolve("raw"), new byte[8192]);
        for (Path wrong : List.of(raw, home, home.resolve("none"))) {
            String message = assertThrows(ConfigurationException.class, () -> Chains.child(next, wrong, 1 << 16))
                    .getMessage();
            assertTrue(message.startsWith("disk image " + wrong) && !message.contains("\n"), message);
            assertFalse(Files.exists(next));
        }
        for (Path own : List.of(child, parent)) {
            try (NewFile made = NewFile.begin(own, true)) {
                String message = assertThrows(
                                ConfigurationException.class,
                                () -> ChildCreation.run(
                                        made.file(), own, child, 1 << 16, Instant.now(), UUID.randomUUID()))
                        .getMessage();
                assertTrue(message.contains("is itself among the parents"), message);
            }
        }
        reads(child);
    }

    @Test
    void aChainSaysWhatIsWhere() throws Exception {
        try (DiskImage image = format.open(child, false)) {
            Chains.write(image, content, new Random(1), 1);
        }
        Path dynamic = Chains.dynamic(home.resolve("dynamic.vhd"), content.clone(), 1 << 16, new Random(3));
        Path top = Chains.child(home.resolve("top.vhd"), dynamic, 1 << 16);
        try (DiskChain chain = DiskChain.open(top)) {
            assertEquals(
                    List.of(top, dynamic.toRealPath()),
                    chain.layers().stream().map(layer -> layer.path()).toList());
            long zeros = 0;
            for (long at = 0; at < chain.sectors(); ) {
                long run = chain.run(at, Long.MAX_VALUE);
                zeros += run < 0 ? -run : 0;
                assertEquals(-128, chain.layers().getFirst().run(at, 1 << 20));
                at += Math.abs(run);
            }
            assertTrue(zeros > 0 && zeros < chain.sectors(), "zeros: " + zeros);
        }
    }

    @Test
    void otherKindsAreRefused() {
        String message = assertThrows(ConfigurationException.class, () -> format.open(parent, false))
                .getMessage();
        assertTrue(message.contains("is a fixed disk, not a differencing one"), message);
        assertTrue(assertThrows(ConfigurationException.class, () -> format.open(folder, true))
                .getMessage()
                .contains("directory"));
    }
}
