/** The board: ports, lines, PCI, roles, and the scopes through which devices see them. */
package org.jeroboam.machine.board;
