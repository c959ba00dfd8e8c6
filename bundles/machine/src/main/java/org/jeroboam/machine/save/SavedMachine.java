package org.jeroboam.machine.save;

import java.util.List;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.machine.board.LineTable;
import org.jeroboam.machine.memory.Window;

/** The records of a saved machine. A change of one is a new version of the file. */
public final class SavedMachine {
    private SavedMachine() {}

    /**
     * What the machine was.
     *
     * @param config its configuration
     * @param images the image files that the state belongs to
     * @param core name of the processor core
     * @param chosen name of the core that was chosen by command; empty when none was
     */
    public record Header(MachineConfig config, List<Image> images, String core, String chosen) {
        /** What version 2 of the file holds. */
        public record Version2(MachineConfig config, List<Image> images, String core) {}
    }

    /**
     * An image file as it was.
     *
     * @param drive name of the drive
     * @param path absolute path
     * @param size bytes
     * @param modifiedNanos time of the last write, nanoseconds since 1970
     */
    public record Image(String drive, String path, long size, long modifiedNanos) {}

    /**
     * What belongs to no part.
     *
     * @param now guest time
     * @param wallBase date at power on, milliseconds since 1970
     * @param lines what the ends of lines were told
     * @param dramReadable open pages below 1 MiB
     * @param dramWritable open pages below 1 MiB
     * @param streams queues of character ports
     * @param firmwareWindows what firmware mapped
     * @param media how often the media were changed
     */
    public record Board(
            long now,
            long wallBase,
            LineTable.Levels lines,
            long[] dramReadable,
            long[] dramWritable,
            List<Stream> streams,
            List<Window.Description> firmwareWindows,
            List<MediumCount> media) {}

    /**
     * A drive's count of changes, which devices remember.
     *
     * @param drive its name
     * @param changes see {@link org.jeroboam.hardware.storage.BlockPort#changes}
     */
    public record MediumCount(String drive, int changes) {}

    /**
     * Queues of a character port.
     *
     * @param name its name
     * @param queues as the port gave them
     */
    public record Stream(String name, byte[][] queues) {}

    /**
     * A part.
     *
     * @param name its name
     * @param type its type
     * @param bundle the bundle that made it
     * @param version that bundle's version
     * @param state what it saved
     */
    public record PartState(String name, String type, String bundle, String version, byte[] state) {}

    /**
     * Memory of a part, whose pages follow in the file.
     *
     * @param device the part's name
     * @param name the memory's name
     * @param size bytes
     */
    public record BackingInfo(String device, String name, long size) {}
}
