package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Repair;

/** {@code check} and {@code repair}. */
final class CheckCommands {
    private static final Syntax.Option JSON = Syntax.Option.flag("--json", "answer in JSON");

    private static final String WITHOUT_PARENT =
            " itself is in good order, but its parent is not usable; reparent tells it which file that is";

    private CheckCommands() {}

    /** {@code check}. */
    static final class Look implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "check",
                    "Looks for damage in a disk's file and changes nothing.",
                    List.of(ChangeCommands.DISK),
                    List.of(JSON));
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            Check.Report report = front.<Check.Report, ConfigurationException>watched(
                    "checking", progress -> front.operations().check(file, progress));
            if (arguments.has("--json")) {
                front.say(json(file, report).toString());
                return report.good() ? null : "";
            }
            print(report, front);
            if (report.good()) {
                front.say(file + " is in good order");
                return null;
            }
            if (report.parentOnly()) {
                return file + WITHOUT_PARENT;
            }
            return file + " is damaged: " + count(report.problemCount(), "problem") + "; repair mends what can be";
        }
    }

    /** {@code repair}. */
    static final class Mend implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "repair",
                    "Mends in a disk's file what check finds, as far as that can be known, and says what it did.",
                    List.of(ChangeCommands.DISK),
                    List.of(JSON));
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            Repair.Report report = front.<Repair.Report, ConfigurationException>watched(
                    "repairing", progress -> front.operations().repair(file, progress));
            if (arguments.has("--json")) {
                front.say(json(file, report.left())
                        .put("repairCount", report.count())
                        .put("repairs", report.done())
                        .toString());
                return report.left().good() ? null : "";
            }
            report.done().forEach(line -> front.say("repaired: " + line));
            more(report.count() - report.done().size(), "repair", front);
            print(report.left(), front);
            if (report.left().parentOnly()) {
                return file + WITHOUT_PARENT;
            }
            if (!report.left().good()) {
                return file + " is still damaged: " + count(report.left().problemCount(), "problem");
            }
            front.say(file + (report.count() == 0 ? " needed no repair" : " is in good order now"));
            return null;
        }

        @Override
        public String afterInterruption() {
            return "what was repaired so far stays repaired";
        }
    }

    private static Json json(Path file, Check.Report report) {
        return new Json()
                .put("file", file.toString())
                .put("good", report.good())
                .put("problemCount", report.problemCount())
                .put("problems", report.problems())
                .put("notes", report.notes());
    }

    private static void print(Check.Report report, Front front) {
        report.problems().forEach(problem -> front.say("problem: " + problem));
        more(report.problemCount() - report.problems().size(), "problem", front);
        report.notes().forEach(note -> front.say("note: " + note));
    }

    private static void more(long count, String what, Front front) {
        if (count > 0) {
            front.say("and " + count(count, what) + " more");
        }
    }

    private static String count(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }
}
