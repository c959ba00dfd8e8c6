package org.jeroboam.storage.vhddifferencing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ParentLink;
import org.jeroboam.storage.vhd.ParentLocator;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.operation.Repair;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged locators are taken out; the guest's data stay. */
class LocatorRepairTest {
    private static final int SIZE = 3 << 20;

    @TempDir
    Path folder;

    private final Random random = new Random(8);
    private byte[] content;
    private Path child;

    @BeforeEach
    void create() throws Exception {
        content = Chains.bytes(random, SIZE);
        child = Chains.child(folder.resolve("child.vhd"), Chains.fixed(folder.resolve("parent.vhd"), content), 1 << 16);
        try (DiskImage image = Chains.open(child, false)) {
            Chains.write(image, content, random, 20);
        }
    }

    /** Moves the first locator to another place. */
    private void lead(long position) throws Exception {
        Links.change(child, link -> {
            ParentLocator first = link.locators().getFirst();
            return new ParentLink(
                    link.id(),
                    link.timeStamp(),
                    link.name(),
                    List.of(
                            new ParentLocator(first.platform(), 512, first.length(), position, ""),
                            link.locators().get(1)),
                    List.of());
        });
    }

    private Check.Report check() throws Exception {
        try (HostFile file = HostFile.open(child, true)) {
            return Check.run(file, Progress.NONE);
        }
    }

    private void repaired() throws Exception {
        assertFalse(check().good());
        try (HostFile file = HostFile.open(child, false)) {
            Repair.Report report = Repair.run(file, Progress.NONE);
            assertEquals(
                    List.of("locators of the parent that name nothing were taken out: 1"),
                    report.done(),
                    report.toString());
        }
        assertTrue(check().good(), () -> "damaged");
        assertEquals(1, Chains.layout(child).parent().locators().size());
        assertArrayEquals(content, Chains.read(child));
        try (DiskImage image = Chains.open(child, false)) {
            Chains.write(image, content, random, 5);
        }
        assertArrayEquals(content, Chains.read(child));
    }

    @Test
    void aLocatorOutsideTheFile() throws Exception {
        lead(1 << 30);
        repaired();
    }

    @Test
    void aLocatorInsideABlock() throws Exception {
        try (HostFile file = HostFile.open(child, true)) {
            VhdLayout layout = VhdLayout.read(file);
            BlockTable table = new BlockTable(file, layout.header());
            long block = 0;
            while (table.position(block) == BlockTable.UNALLOCATED) {
                block++;
            }
            lead(table.position(block) + 9 * 512);
        }
        repaired();
    }
}
