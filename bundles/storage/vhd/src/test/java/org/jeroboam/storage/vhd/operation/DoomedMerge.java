package org.jeroboam.storage.vhd.operation;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process that merges a disk and tells each step, until it is killed. */
final class DoomedMerge {
    private DoomedMerge() {}

    /** Argument: the differencing disk. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        Merge.run(Path.of(arguments[0]), (done, total) -> out.println("step"));
    }
}
