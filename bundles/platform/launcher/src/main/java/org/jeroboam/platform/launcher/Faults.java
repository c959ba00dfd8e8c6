package org.jeroboam.platform.launcher;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Tells people one sentence on the terminal, and the log the rest. */
final class Faults {

    /** The property that names the log file. */
    static final String LOG = "jeroboam.run.log";

    private Faults() {}

    /**
     * @param what one sentence without a full stop
     * @param cause whose stack trace goes to the log file, if there is one; may be null
     */
    static void report(String what, Throwable cause) {
        String log = System.getProperty(LOG);
        String where = cause == null || log == null ? "" : "; more in " + log;
        if (!where.isEmpty()) {
            where = append(Path.of(log), what, cause) ? where : "";
        }
        PrintStream terminal = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        terminal.println("jeroboam: " + what + where);
    }

    private static boolean append(Path log, String what, Throwable cause) {
        StringWriter text = new StringWriter();
        try (PrintWriter writer = new PrintWriter(text)) {
            writer.println(what);
            write(writer, cause);
        }
        try {
            Files.writeString(log, text.toString(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return true;
        } catch (IOException e) {
            return false; // the terminal has the sentence; there is no other place to complain
        }
    }

    private static void write(PrintWriter writer, Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            writer.println(t == thrown ? t : "Caused by: " + t);
            for (StackTraceElement element : t.getStackTrace()) {
                writer.println("    at " + element);
            }
        }
    }
}
