/**
 * A fake board on which devices are tested register by register, and the contract test that every device runs. Not for
 * use in a running product.
 */
@Export
@Version("1.1.0")
package org.jeroboam.hardware.testkit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
