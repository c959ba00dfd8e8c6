package org.jeroboam.management;

/** State of a virtual machine, with the numbers of the SDK's {@code VMVMState}. */
public enum VirtualMachineState {
    /** Powered off. */
    TURNED_OFF(1),
    /** Powered off, with a saved state that the next start restores. */
    SAVED(2),
    /** Guest code runs. */
    RUNNING(5),
    /** Guest time stands still. */
    PAUSED(6);

    private final int number;

    VirtualMachineState(int number) {
        this.number = number;
    }

    /**
     * The SDK's number.
     *
     * @return value of {@code VMVMState}
     */
    public int number() {
        return number;
    }
}
