/**
 * Plain Java programs that the launcher script starts; nothing here is an OSGi service, and only {@code run} starts an
 * OSGi framework. Each program ends with an exit status that the script passes on.
 */
package org.jeroboam.platform.launcher;
