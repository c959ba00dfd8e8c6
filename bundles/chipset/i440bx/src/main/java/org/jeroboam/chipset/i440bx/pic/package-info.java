/** The two 8259As with the PIIX4's edge/level control. */
package org.jeroboam.chipset.i440bx.pic;
