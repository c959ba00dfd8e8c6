package org.jeroboam.access.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jeroboam.management.ManagementException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Bundles that a run brings along, such as a vendor's device. They last as long as the run. */
final class BroughtBundles {
    /** What the resolver says at the end of a chain: namespace and filter of what nothing offers. */
    private static final Pattern MISSING =
            Pattern.compile("missing requirement \\[.*?\\(R [\\d.]+\\)] ([a-z][\\w.]*); (\\([^\\s\\[]*\\))");

    private final BundleContext context;

    BroughtBundles(BundleContext context) {
        this.context = context;
    }

    /** Installs all, then starts them, so that they may need each other. */
    void start(List<Path> files) throws ManagementException {
        List<Bundle> bundles = new ArrayList<>();
        for (Path file : files) {
            bundles.add(install(file));
        }
        for (int i = 0; i < bundles.size(); i++) {
            try {
                bundles.get(i).start();
            } catch (BundleException e) {
                throw refusal("--bundle " + files.get(i) + " cannot be started: " + reason(e), e);
            }
        }
    }

    private Bundle install(Path file) throws ManagementException {
        if (!Files.isRegularFile(file)) {
            throw ManagementException.badRequest("--bundle: there is no file " + file);
        }
        try {
            Bundle bundle = context.installBundle(file.toAbsolutePath().toUri().toString());
            if (bundle.getSymbolicName() == null) {
                throw ManagementException.badRequest(
                        "--bundle " + file + " is no bundle: its manifest has no Bundle-SymbolicName");
            }
            return bundle;
        } catch (BundleException e) {
            throw refusal(
                    e.getType() == BundleException.DUPLICATE_BUNDLE_ERROR
                            ? "--bundle " + file + " has the name and version of a bundle that is there already;"
                                    + " give it another version"
                            : "--bundle " + file + " is no bundle: " + text(e),
                    e);
        }
    }

    private static ManagementException refusal(String sentence, BundleException cause) {
        return new ManagementException(ManagementException.Kind.BAD_REQUEST, sentence, cause);
    }

    /** The innermost thing that is missing, or what the framework says. */
    static String reason(BundleException thrown) {
        String innermost = null;
        Matcher missing = MISSING.matcher(text(thrown));
        while (missing.find()) {
            innermost = "nothing here offers what it needs, " + missing.group(1) + " " + missing.group(2);
        }
        return innermost != null ? innermost : text(thrown);
    }

    /** What went wrong at the bottom, on one line. */
    private static String text(BundleException thrown) {
        Throwable inner = thrown;
        while (inner.getCause() != null && inner.getCause() != inner) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        return message == null || message.isBlank()
                ? inner.getClass().getSimpleName()
                : message.strip().replaceAll("\\s+", " ");
    }
}
