package org.jeroboam.kit.baseline;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import aQute.bnd.osgi.Jar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.management.VirtualServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whoever compiled against the baseline's API still runs, or the versions say that he does not. */
class ApiBaselineTest {
    private static final int NOT_IN_THIS_CLONE = 3;

    private static Path baseline;

    @BeforeAll
    static void buildBaseline() throws IOException, InterruptedException {
        Process script = new ProcessBuilder(Path.of(System.getProperty("jeroboam.scripts"), "baseline")
                        .toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(script.getInputStream().readAllBytes()).strip();
        int status = script.waitFor();
        if (status == NOT_IN_THIS_CLONE) {
            abort("the API is not compared: the baseline's commit is not in this clone");
        }
        if (status != 0) {
            fail("scripts/baseline could not build the baseline");
        }
        baseline = Path.of(output);
    }

    private static void compare(String bundle, Class<?> inBundle) throws Exception {
        Path now = Path.of(
                inBundle.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Jar newer = new Jar(now.toFile());
                Jar older = new Jar(baseline.resolve(bundle + ".jar").toFile())) {
            List<String> complaints = ApiComparison.complaints(newer, older);
            if (!complaints.isEmpty()) {
                fail(String.join("\n", complaints));
            }
        }
    }

    @Test
    void hardwareApi() throws Exception {
        compare("jeroboam-hardware-api", Device.class);
    }

    @Test
    void hardwareTestkit() throws Exception {
        compare("jeroboam-hardware-testkit", DeviceContract.class);
    }

    @Test
    void managementApi() throws Exception {
        compare("jeroboam-management-api", VirtualServer.class);
    }
}
