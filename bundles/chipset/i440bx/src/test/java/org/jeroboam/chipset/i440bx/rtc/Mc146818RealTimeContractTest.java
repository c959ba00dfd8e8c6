package org.jeroboam.chipset.i440bx.rtc;

import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.testkit.FakeMachine;

/** The contract with a clock that follows the host, so that missed periodic interrupts are given later. */
class Mc146818RealTimeContractTest extends Mc146818ContractTest {
    @Override
    protected void prepare(FakeMachine machine) {
        machine.clock().setMode(ClockMode.REAL);
    }
}
