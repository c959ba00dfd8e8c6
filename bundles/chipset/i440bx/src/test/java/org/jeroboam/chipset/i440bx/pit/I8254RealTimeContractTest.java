package org.jeroboam.chipset.i440bx.pit;

import java.util.Random;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.testkit.FakeMachine;

/**
 * The contract with a clock that follows the host and a controller that is often late, so that ticks are re-injected.
 */
class I8254RealTimeContractTest extends I8254ContractTest {
    @Override
    protected void prepare(FakeMachine machine) {
        machine.clock().setMode(ClockMode.REAL);
        machine.board("pic").provide(InterruptController.class, new LateController(machine));
    }

    /** Says "pending" as a function of time alone, so that two machines at the same time agree. */
    private record LateController(FakeMachine machine) implements InterruptController {
        @Override
        public void lineChanged(int irq, boolean level) {
            // nobody is interrupted
        }

        @Override
        public int acknowledge() {
            return 0;
        }

        @Override
        public boolean pending(int irq) {
            return new Random(machine.clock().now() >> 22).nextInt(3) > 0;
        }
    }
}
