package org.jeroboam.kit.baseline;

import aQute.bnd.differ.Baseline;
import aQute.bnd.differ.Baseline.Info;
import aQute.bnd.differ.DiffPluginImpl;
import aQute.bnd.osgi.Jar;
import aQute.bnd.osgi.Processor;
import aQute.bnd.service.diff.Delta;
import aQute.bnd.service.diff.Diff;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What bnd's baselining says of two versions of a bundle, in sentences. */
final class ApiComparison {
    private static final Set<Delta> HARMLESS = Set.of(Delta.UNCHANGED, Delta.IGNORED, Delta.MICRO);
    private static final int EXAMPLES = 5;

    private ApiComparison() {}

    /** A sentence for each exported package whose version is too low for what changed. */
    static List<String> complaints(Jar newer, Jar older) throws Exception {
        List<String> complaints = new ArrayList<>();
        try (Processor processor = new Processor()) {
            for (Info info : new Baseline(processor, new DiffPluginImpl()).baseline(newer, older, null)) {
                if (info.packageDiff.getDelta() == Delta.REMOVED) {
                    complaints.add(
                            "package " + info.packageName + " is gone; bring it back for the vendors who use it");
                } else if (info.mismatch && !HARMLESS.contains(info.packageDiff.getDelta())) {
                    complaints.add("package " + info.packageName + " differs from the baseline's ("
                            + String.join(", ", examples(info.packageDiff))
                            + "): raise @Version in its package-info.java"
                            + " from " + info.newerVersion + " to " + info.suggestedVersion);
                }
            }
        }
        return complaints;
    }

    private static List<String> examples(Diff diff) {
        List<String> all = new ArrayList<>();
        collect(diff, "", all);
        return all.size() > EXAMPLES
                ? List.of(String.join(", ", all.subList(0, EXAMPLES)), "and " + (all.size() - EXAMPLES) + " more")
                : all;
    }

    /** The deepest differences, with the class that they are in. */
    private static void collect(Diff diff, String owner, List<String> all) {
        if (HARMLESS.contains(diff.getDelta())) {
            return;
        }
        String name = diff.getName();
        boolean inside = diff.getDelta() != Delta.ADDED && diff.getDelta() != Delta.REMOVED;
        int before = all.size();
        if (inside) {
            for (Diff child : diff.getChildren()) {
                collect(child, name, all);
            }
        }
        if (all.size() == before) {
            all.add((name.indexOf('.') > 0 && !name.contains("(") ? "" : simple(owner) + ".") + simple(name) + " "
                    + diff.getDelta().toString().toLowerCase(Locale.ROOT));
        }
    }

    /** {@code org.x.Device} becomes {@code Device}, {@code save(org.x.Writer)} becomes {@code save()}. */
    private static String simple(String name) {
        int parameters = name.indexOf('(');
        return parameters < 0
                ? name.substring(name.lastIndexOf('.') + 1)
                : name.substring(0, parameters).replace("<init>", "new") + "()";
    }
}
