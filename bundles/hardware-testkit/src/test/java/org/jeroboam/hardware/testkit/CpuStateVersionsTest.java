package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.util.Map;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;

/** Cores of all versions give and take the processor's state of each version. */
class CpuStateVersionsTest {
    @Test
    void recordedStatesAreRead() throws IOException, StateException {
        CpuState state = CpuState.afterReset(CpuModel.P3);
        for (int i = 0; i < state.gpr.length; i++) {
            state.gpr[i] = 0x0101_0101 * (i + 1);
        }
        state.eip = 0x1234_5678;
        state.retired = 0x0123_4567_89AB_CDEFL;
        byte[] present = bytes(state);
        StateVersions versions = new StateVersions(getClass());
        versions.demand(present);
        for (Map.Entry<String, byte[]> recorded : versions.all().entrySet()) {
            byte[] again = bytes(CpuState.restore(new StateReader(recorded.getValue())));
            if (recorded.getKey().equals(StateVersions.layout(present))) {
                assertArrayEquals(
                        recorded.getValue(),
                        again,
                        "the layout of " + recorded.getKey() + " changed; give the section a new version");
            }
        }
    }

    private static byte[] bytes(CpuState state) {
        StateWriter out = new StateWriter();
        state.save(out);
        return out.toBytes();
    }
}
