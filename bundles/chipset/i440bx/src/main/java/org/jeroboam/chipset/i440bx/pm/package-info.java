/** PIIX4 function 3, power management and SMBus. */
package org.jeroboam.chipset.i440bx.pm;
