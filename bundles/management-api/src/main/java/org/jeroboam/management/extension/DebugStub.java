package org.jeroboam.management.extension;

import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** OSGi service that lets a debugger of its own kind reach machines over the network. Thread-safe. */
public interface DebugStub {
    /**
     * Listens on the loopback address for one debugger at a time, until the machine is turned off.
     *
     * @param machine the machine
     * @param port 1 to 65535, or 0 for any free one
     * @return the open port
     * @throws ManagementException when the port is taken
     */
    Listening listen(VirtualMachine machine, int port) throws ManagementException;

    /** An open port. */
    interface Listening extends AutoCloseable {
        /**
         * The port.
         *
         * @return 1 to 65535
         */
        int port();

        /** Drops the debugger; its machine goes on. */
        @Override
        void close();
    }
}
