/** The machine's ends of streams, drives, screens and keyboards, and work off the machine thread. */
package org.jeroboam.machine.io;
