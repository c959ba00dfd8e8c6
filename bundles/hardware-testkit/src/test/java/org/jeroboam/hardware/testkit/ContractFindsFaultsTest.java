package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.testkit.SampleDevice.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The contract test itself must fail for devices that break the contract. */
class ContractFindsFaultsTest {
    private static final class Contract extends SampleContractTest {
        private final Fault fault;

        Contract(Fault fault) {
            this.fault = fault;
        }

        @Override
        protected DeviceFactory factory() {
            return new SampleDevice.Factory(fault);
        }
    }

    @Test
    void forgottenState() {
        found(() -> new Contract(Fault.FORGETS_LATCH).successorGoesOnAsTheOriginalWould());
        found(() -> new Contract(Fault.FORGETS_TIMER).successorGoesOnAsTheOriginalWould());
    }

    @Test
    void edgeOnRestore() {
        found(() -> new Contract(Fault.EDGE_ON_RESTORE).successorGoesOnAsTheOriginalWould());
    }

    @Test
    void exceptionOnGarbage() {
        found(() -> new Contract(Fault.THROWS_ON_GARBAGE).garbageAccessesAreHarmless());
    }

    @Test
    void stateKeptOverReset() {
        found(() -> new Contract(Fault.KEEPS_LATCH_OVER_RESET).resetLeadsToOneState());
    }

    @Test
    void drainWithoutEnd() {
        found(() -> new Contract(Fault.NEVER_QUIET).successorGoesOnAsTheOriginalWould());
    }

    @Test
    void unheededDamage() {
        found(() -> new Contract(Fault.BELIEVES_DAMAGE).damagedStateIsRefusedOrHarmless());
    }

    private static void found(Executable test) {
        assertThrows(AssertionError.class, test);
    }
}
