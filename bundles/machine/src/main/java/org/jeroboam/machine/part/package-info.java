/** Where a machine finds the factories of its parts. */
package org.jeroboam.machine.part;
