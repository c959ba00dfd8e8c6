/** The 8254 counters and port 61h. */
package org.jeroboam.chipset.i440bx.pit;
