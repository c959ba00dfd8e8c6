package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.Extents;

/** {@code map}. */
final class MapCommand implements Command {
    @Override
    public Syntax syntax() {
        return new Syntax(
                "map",
                "Lists where in its file, or in its parents', the content of a disk is; all else is zeros.",
                List.of(ChangeCommands.DISK),
                List.of(Syntax.Option.flag("--json", "answer in JSON")));
    }

    @Override
    public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
        Path file = arguments.file(0);
        boolean json = arguments.has("--json");
        long[] count = new long[2];
        if (json) {
            String head = new Json().put("file", file.toString()).toString();
            front.terminal().out().print(head.substring(0, head.length() - 1) + ",\"extents\":[");
        } else {
            front.say(String.format("%16s %16s %16s  %s", "byte of the disk", "bytes", "byte of the file", "file"));
        }
        front.operations()
                .map(
                        file,
                        extent -> {
                            print(extent, json, count[0], front);
                            count[0]++;
                            count[1] += extent.length();
                        },
                        (done, total) -> front.interruption().check());
        front.say(json ? "]}" : count[0] + (count[0] == 1 ? " extent" : " extents") + " with " + Sizes.text(count[1]));
        return null;
    }

    private static void print(Extents.Extent extent, boolean json, long before, Front front) {
        if (json) {
            front.terminal()
                    .out()
                    .print((before == 0 ? "" : ",")
                            + new Json()
                                    .put("offset", extent.offset())
                                    .put("length", extent.length())
                                    .put("fileOffset", extent.fileOffset())
                                    .put("file", extent.file().toString()));
        } else {
            front.say(String.format(
                    "%16d %16d %16d  %s", extent.offset(), extent.length(), extent.fileOffset(), extent.file()));
        }
    }
}
