package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The host's own processor against the interpreter: every form of the instruction table in 32-bit and 16-bit user code,
 * with random and edge operands, and sequences of instructions. Equal are registers, flags, memory, floating-point
 * state, exceptions with error code and address; {@link OracleMasks} says what may differ.
 *
 * <p>The system properties {@code oracle.seed}, {@code oracle.cases} and {@code oracle.only} (a part of the names of
 * forms) change what {@link #sample} runs, to hunt for more and to repeat what was found.
 */
class OracleTest {
    private static final int SAMPLE = 200_000;
    private static final int FULL = 5_000_000;
    private static final int SHOWN = 20;
    /** One case in so many is a sequence. */
    private static final int SEQUENCES = 8;

    private static final int LONGEST = 512;

    /** What differed: counts by form and part, and a report of the first of each. */
    private static final class Findings {
        private final Map<String, Integer> counts = new TreeMap<>();
        private final List<String> reports = new ArrayList<>();
        /** Cases of each form, and those that ended as they should. */
        private final Map<String, Integer> completed = new TreeMap<>();

        void add(String key, OracleCase c, OracleResult host, OracleResult ours) {
            if (counts.merge(key, 1, Integer::sum) == 1 && reports.size() < SHOWN) {
                reports.add(OracleComparison.report(c, host, ours));
            }
        }

        @Override
        public String toString() {
            String most = counts.entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .map(e -> e.getValue() + " times " + e.getKey())
                    .collect(Collectors.joining("\n"));
            return most + "\n\n" + String.join("\n\n", reports);
        }
    }

    @Test
    void sample() throws IOException, InterruptedException {
        compare(Long.getLong("oracle.seed", 1), Integer.getInteger("oracle.cases", SAMPLE));
    }

    @Test
    @Tag("full")
    void all() throws IOException, InterruptedException {
        compare(2, FULL);
    }

    private static void compare(long seed, int cases) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        String only = System.getProperty("oracle.only", "");
        List<OracleForms.Form> all = OracleForms.all();
        List<OracleForms.Form> forms =
                all.stream().filter(f -> f.name().contains(only)).toList();
        OracleGenerator generator = new OracleGenerator(random);
        OracleSequences sequences = new OracleSequences(random, all);
        Findings findings = new Findings();
        try (HostProcessor host = new HostProcessor();
                OracleMachine ours = new OracleMachine()) {
            int left = cases;
            while (left > 0) {
                OracleBatch batch = new OracleBatch(random);
                List<String> names = new ArrayList<>();
                while (left > 0 && batch.hasRoom(LONGEST)) {
                    if (only.isEmpty() && random.nextInt(SEQUENCES) == 0) {
                        sequences.add(batch);
                        names.add("sequence");
                    } else {
                        OracleForms.Form form = forms.get(random.nextInt(forms.size()));
                        generator.add(batch, form);
                        names.add(form.name());
                    }
                    left--;
                }
                run(host, ours, batch, names, findings);
            }
        } catch (HostProcessor.UnavailableException e) {
            Assumptions.abort(e.getMessage());
        }
        assertEquals(0, findings.counts.size(), findings::toString);
        if (only.isEmpty()) {
            everyFormCompletes(forms, findings);
        }
    }

    private static void run(
            HostProcessor host, OracleMachine ours, OracleBatch batch, List<String> names, Findings findings)
            throws IOException {
        host.start(batch);
        ours.load(batch);
        List<OracleResult> mine = batch.cases.stream().map(ours::execute).toList();
        List<OracleResult> theirs = host.results(batch.cases.size());
        for (int i = 0; i < mine.size(); i++) {
            OracleCase c = batch.cases.get(i);
            String differences = OracleComparison.differences(c, theirs.get(i), mine.get(i));
            if (!differences.isEmpty()) {
                findings.add(names.get(i) + ": " + differences, c, theirs.get(i), mine.get(i));
            }
            if (theirs.get(i).trap == 3 || theirs.get(i).trap == 1) {
                findings.completed.merge(names.get(i), 1, Integer::sum);
            }
        }
    }

    /** A form whose cases all fault is not tested: but for those that no user program may execute. */
    private static void everyFormCompletes(List<OracleForms.Form> forms, Findings findings) {
        List<String> never = forms.stream()
                .filter(f -> !OracleMasks.neverCompletes(f))
                .map(OracleForms.Form::name)
                .filter(name -> !findings.completed.containsKey(name))
                .toList();
        if (!never.isEmpty()) {
            fail("forms that never completed: " + never);
        }
        assertTrue(findings.completed.getOrDefault("sequence", 0) > 0);
    }
}
