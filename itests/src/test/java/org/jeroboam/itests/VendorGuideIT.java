package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A stranger who follows the vendors' guide to the letter gets a device that a guest sees, uses and sees replaced. */
@EnabledIfSystemProperty(named = "tier", matches = "full", disabledReason = "takes some minutes")
class VendorGuideIT {
    @Test
    void theGuideWorksAsItStands() throws Exception {
        Path root = Path.of(System.getProperty("jeroboam.launcher")).getParent();
        Process script = new ProcessBuilder(
                        root.resolve("scripts").resolve("vendor-guide").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(script.getInputStream().readAllBytes());
        assertEquals(0, script.waitFor(), said);
    }
}
