package org.jeroboam.platform.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Writes, when the distribution is built, which bundles a foreground run starts: those of one feature and of the
 * features it names, in the order of the feature files. Conditional bundles are left out, since the features that
 * they wait for are not there.
 *
 * <p>A bundle is written as its path below the distribution, so that a run reads no feature file and asks no resolver.
 */
public final class RunBundleList {

    /** The file below the distribution that holds the list. */
    static final String FILE = "etc/run.bundles";

    private static final String MVN = "mvn:";

    private final Map<String, List<String>> itemsOfFeature = new HashMap<>();

    RunBundleList() {}

    /**
     * @param arguments the distribution's directory, the feature's name, and the feature files, the first of which
     *     wins where several define the same feature
     */
    public static void main(String[] arguments) throws IOException {
        Path home = Path.of(arguments[0]);
        RunBundleList list = new RunBundleList();
        for (int i = 2; i < arguments.length; i++) {
            list.read(home.resolve("system").resolve(path(arguments[i])));
        }
        Files.write(home.resolve(FILE), list.bundles(home, arguments[1]));
    }

    /** Adds the features of a feature file; the ones already known stay. */
    void read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            XMLStreamReader xml = XMLInputFactory.newFactory().createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT
                        && xml.getLocalName().equals("feature")) {
                    String name = xml.getAttributeValue(null, "name");
                    itemsOfFeature.putIfAbsent(name, items(xml));
                }
            }
        } catch (XMLStreamException e) {
            throw new IOException(file + " is no feature file: " + e.getMessage(), e);
        }
    }

    /** The text of each bundle and feature element directly inside the feature at which the reader stands. */
    private static List<String> items(XMLStreamReader xml) throws XMLStreamException {
        List<String> items = new ArrayList<>();
        for (int depth = 1; depth > 0; ) {
            int event = xml.next();
            if (event == XMLStreamConstants.END_ELEMENT) {
                depth--;
            } else if (event == XMLStreamConstants.START_ELEMENT) {
                boolean item = xml.getLocalName().equals("bundle")
                        || xml.getLocalName().equals("feature");
                if (depth == 1 && item) {
                    items.add(xml.getElementText().strip());
                } else {
                    depth++;
                }
            }
        }
        return items;
    }

    /** The paths of all bundles of a feature, below the distribution; each must be there. */
    List<String> bundles(Path home, String feature) throws IOException {
        Set<String> locations = new LinkedHashSet<>();
        collect(feature, locations, new LinkedHashSet<>());
        List<String> paths = new ArrayList<>();
        for (String location : locations) {
            String path = "system/" + path(location);
            if (!Files.isRegularFile(home.resolve(path))) {
                throw new IOException("the distribution " + home + " has no " + path + " for the feature " + feature);
            }
            paths.add(path);
        }
        return paths;
    }

    private void collect(String feature, Set<String> locations, Set<String> within) throws IOException {
        List<String> items = itemsOfFeature.get(feature);
        if (items == null) {
            throw new IOException("no feature file has the feature " + feature);
        }
        if (!within.add(feature)) {
            throw new IOException("the feature " + feature + " contains itself: " + within);
        }
        for (String item : items) {
            if (item.startsWith(MVN)) {
                locations.add(item);
            } else {
                collect(item, locations, within);
            }
        }
        within.remove(feature);
    }

    /** {@code mvn:group/artifact/version[/type[/classifier]]} as a path in a Maven repository. */
    static String path(String location) throws IOException {
        String[] parts =
                location.substring(location.startsWith(MVN) ? MVN.length() : 0).split("/", -1);
        if (!location.startsWith(MVN) || parts.length < 3 || parts.length > 5) {
            throw new IOException(location + " is not of the form mvn:group/artifact/version[/type[/classifier]]");
        }
        String type = parts.length > 3 ? parts[3] : "jar";
        String classifier = parts.length > 4 ? "-" + parts[4] : "";
        return parts[0].replace('.', '/') + "/" + parts[1] + "/" + parts[2] + "/" + parts[1] + "-" + parts[2]
                + classifier + "." + type;
    }
}
