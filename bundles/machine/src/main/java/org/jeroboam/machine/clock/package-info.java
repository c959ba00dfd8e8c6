/** Guest time and the timers on it. */
package org.jeroboam.machine.clock;
