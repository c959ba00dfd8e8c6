package org.jeroboam.access.vhd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.VhdTime;
import org.jeroboam.storage.vhd.operation.Inspection;

/** {@code info}: also of a disk that is in use, since only its structures are read. */
final class InfoCommand implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "info",
                "Says what a disk's file is, also while it is in use.",
                List.of(ChangeCommands.DISK),
                List.of(Syntax.Option.flag("--json", "answer in JSON")));
    }

    @Override
    public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
        Path path = arguments.file(0);
        Inspection inspection = Inspection.of(path);
        String use = front.operations().use(path);
        if (arguments.has("--json")) {
            front.say(json(path, inspection, use).toString());
        } else {
            print(path, inspection, use, front.terminal().out());
        }
        return null;
    }

    private static long blocks(DynamicHeader header, Footer footer) {
        return (footer.currentSize() - 1) / header.blockSize() + 1;
    }

    private static String shape(Geometry geometry) {
        return geometry.cylinders() + "/" + geometry.heads() + "/" + geometry.sectorsPerTrack();
    }

    private static void print(Path path, Inspection inspection, String use, PrintStream out) {
        Footer footer = inspection.layout().footer();
        DynamicHeader header = inspection.layout().header();
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
        if (inspection.layout().parent() != null) {
            out.println("on:        " + inspection.layout().parent().id() + ", as it was "
                    + VhdTime.instant(inspection.layout().parent().timeStamp()));
            inspection.parents().forEach(parent -> out.println("parent:    " + parent));
        }
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
        if (inspection.parentProblem() != null) {
            out.println("problem:   " + inspection.parentProblem());
        }
    }

    private static Json json(Path path, Inspection inspection, String use) {
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
        if (inspection.layout().parent() != null) {
            answer.put("parentId", inspection.layout().parent().id().toString())
                    .put(
                            "parentTime",
                            VhdTime.instant(inspection.layout().parent().timeStamp())
                                    .toString())
                    .put(
                            "parents",
                            inspection.parents().stream().map(Path::toString).toList())
                    .put("parentProblem", inspection.parentProblem());
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
