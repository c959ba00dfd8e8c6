package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes S3 Trio64 video adapters. Property: {@code device} (8), the place on PCI bus 0. */
@ProvidesDevice("s3trio64")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=s3trio64",
            DeviceFactory.IMPERFECTIONS + "=" + S3Trio64.NO_ENHANCED,
            DeviceFactory.IMPERFECTIONS + "=" + S3Trio64.NO_ENGINE,
            DeviceFactory.IMPERFECTIONS + "=" + S3Trio64.NO_ROM,
            DeviceFactory.IMPERFECTIONS + "=" + S3Trio64.NO_FINE_TIMING,
            DeviceFactory.IMPERFECTIONS + "=" + S3Trio64.NO_RARE_VGA
        })
public final class S3Trio64Factory implements DeviceFactory {
    /** For Declarative Services. */
    public S3Trio64Factory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new S3Trio64(config.number("device", 8, 0, 31));
    }
}
