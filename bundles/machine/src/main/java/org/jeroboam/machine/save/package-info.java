/** The file in which a machine is saved. */
package org.jeroboam.machine.save;
