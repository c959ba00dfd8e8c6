/** Guest memory: host memory from the operating system, and the physical map over it. */
package org.jeroboam.machine.memory;
