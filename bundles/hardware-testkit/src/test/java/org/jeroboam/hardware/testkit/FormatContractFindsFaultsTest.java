package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The contract test of formats must fail for formats that break it. */
class FormatContractFindsFaultsTest {
    @TempDir
    Path directory;

    private static final class Contract extends SampleFormatContractTest {
        private final DiskFormat format;

        Contract(DiskFormat format, Path where) {
            this.format = format;
            directory = where;
        }

        @Override
        protected DiskFormat format() {
            return format;
        }
    }

    @Test
    void dataThatAKillTakes() {
        found(() -> new Contract(new SampleFormat.Lazy(), directory).flushedDataSurvivesAKill());
    }

    @Test
    void headersThatAreBelieved() {
        found(() -> new Contract(new SampleFormat.Trusting(), directory).damageIsRefusedOrHarmless());
    }

    @Test
    void sectorsOutside() {
        found(() -> new Contract(new SampleFormat.Reckless(), directory).accessesOutsideAreRefused());
    }

    @Test
    void writesToWhatIsReadOnly() {
        found(() -> new Contract(new SampleFormat.Reckless(), directory).readOnlyChangesNothing());
    }

    private static void found(Executable test) {
        assertThrows(AssertionError.class, test);
    }
}
