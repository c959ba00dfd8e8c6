package org.jeroboam.access.vhd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.VhdTime;
import org.jeroboam.storage.vhd.operation.Inspection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code info}: also of a disk that is in use, since only its structures are read. */
@Command(name = "info", description = "Says what a disk's file is.", sortOptions = false)
final class InfoCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the disk")
    Path path;

    @Option(names = "--json", description = "answer in JSON")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private final Terminal terminal;

    InfoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigurationException, IOException {
        Inspection inspection = Inspection.of(path);
        String use = use();
        if (json) {
            terminal.out().println(json(inspection, use));
        } else {
            print(inspection, use);
        }
        return Status.OK;
    }

    /** Who has the disk; null when nobody has it. */
    private String use() throws IOException {
        try (ImageLocks.Lock _ = new Locks().toRead(path)) {
            return null;
        } catch (ConfigurationException e) {
            return e.getMessage();
        }
    }

    private static long blocks(DynamicHeader header, Footer footer) {
        return (footer.currentSize() - 1) / header.blockSize() + 1;
    }

    private static String shape(Geometry geometry) {
        return geometry.cylinders() + "/" + geometry.heads() + "/" + geometry.sectorsPerTrack();
    }

    private void print(Inspection inspection, String use) {
        Footer footer = inspection.layout().footer();
        DynamicHeader header = inspection.layout().header();
        PrintStream out = terminal.out();
        out.println("file:      " + path);
        out.println("type:      " + footer.type().label());
        out.println("size:      " + Sizes.text(footer.currentSize()));
        if (footer.originalSize() != footer.currentSize()) {
            out.println("made with: " + Sizes.text(footer.originalSize()));
        }
        out.println("file size: " + Sizes.text(inspection.fileSize()));
        if (header != null) {
            out.println("blocks:    " + inspection.allocatedBlocks() + " of " + blocks(header, footer)
                    + " in the file, " + Sizes.text(header.blockSize()) + " each");
        }
        out.println("geometry:  " + shape(footer.geometry()) + " cylinders/heads/sectors");
        out.println("made:      " + VhdTime.instant(footer.timeStamp()) + " by '"
                + footer.creator().applicationText() + "' " + (footer.creator().version() >>> 16) + "."
                + (footer.creator().version() & 0xFFFF) + " on '"
                + footer.creator().hostOsText() + "'");
        out.println("id:        " + footer.uniqueId());
        if (footer.savedState()) {
            out.println("state:     a saved machine needs it unchanged");
        }
        if (use != null) {
            out.println("use:       " + use);
        }
        inspection.layout().warnings().forEach(warning -> out.println("damage:    " + warning));
        if (inspection.damage() != null) {
            out.println("damage:    " + inspection.damage());
        }
    }

    private Json json(Inspection inspection, String use) {
        Footer footer = inspection.layout().footer();
        DynamicHeader header = inspection.layout().header();
        Json answer = new Json()
                .put("file", path.toString())
                .put("type", footer.type().label())
                .put("size", footer.currentSize())
                .put("originalSize", footer.originalSize())
                .put("fileSize", inspection.fileSize());
        if (header != null) {
            answer.put("blockSize", header.blockSize())
                    .put("blocks", blocks(header, footer))
                    .put("allocatedBlocks", inspection.allocatedBlocks());
        }
        return answer.put("cylinders", footer.geometry().cylinders())
                .put("heads", footer.geometry().heads())
                .put("sectorsPerTrack", footer.geometry().sectorsPerTrack())
                .put("made", VhdTime.instant(footer.timeStamp()).toString())
                .put("creator", footer.creator().applicationText())
                .put("id", footer.uniqueId().toString())
                .put("savedState", footer.savedState())
                .put("inUse", use != null)
                .put("warnings", inspection.layout().warnings())
                .put("damage", inspection.damage());
    }
}
