package org.jeroboam.machine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineListener;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Fills the catalog from the service registry. A service's unregistering is held up until no machine uses it. */
@Component(service = MachineFactory.class, immediate = true)
public final class MachineFactoryComponent implements MachineFactory {
    private final PartCatalog catalog = new PartCatalog();
    private final LocalMachineFactory factory;
    private final Map<ServiceReference<?>, Offer<?>> offers = new ConcurrentHashMap<>();

    /**
     * Created by Declarative Services.
     *
     * @param context for the framework property {@value Limits#CALL_PROPERTY}
     */
    @Activate
    public MachineFactoryComponent(BundleContext context) {
        factory = new LocalMachineFactory(
                catalog, Limits.DEFAULT.withCallSeconds(context.getProperty(Limits.CALL_PROPERTY)));
    }

    @Override
    public Machine create(MachineConfig config, MachineListener listener, MachineScheduler scheduler)
            throws ConfigurationException {
        return factory.create(config, listener, scheduler);
    }

    @Deactivate
    void deactivate() {
        factory.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDevice(DeviceFactory service, ServiceReference<DeviceFactory> reference) {
        add(DeviceFactory.class, DeviceFactory.TYPE, service, reference);
    }

    void removeDevice(DeviceFactory service, ServiceReference<DeviceFactory> reference) {
        remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addCore(CpuCoreFactory service, ServiceReference<CpuCoreFactory> reference) {
        add(CpuCoreFactory.class, CpuCoreFactory.CORE, service, reference);
    }

    void removeCore(CpuCoreFactory service, ServiceReference<CpuCoreFactory> reference) {
        remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFirmware(FirmwareFactory service, ServiceReference<FirmwareFactory> reference) {
        add(FirmwareFactory.class, FirmwareFactory.TYPE, service, reference);
    }

    void removeFirmware(FirmwareFactory service, ServiceReference<FirmwareFactory> reference) {
        remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addFormat(DiskFormat service, ServiceReference<DiskFormat> reference) {
        add(DiskFormat.class, DiskFormat.FORMAT, service, reference);
    }

    void removeFormat(DiskFormat service, ServiceReference<DiskFormat> reference) {
        remove(reference);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addLocks(ImageLocks service, ServiceReference<ImageLocks> reference) {
        add(ImageLocks.class, Constants.SERVICE_ID, service, reference);
    }

    void removeLocks(ImageLocks service, ServiceReference<ImageLocks> reference) {
        remove(reference);
    }

    private <F> void add(Class<F> kind, String nameProperty, F service, ServiceReference<F> reference) {
        Object name = reference.getProperty(nameProperty);
        Object ranking = reference.getProperty(Constants.SERVICE_RANKING);
        Offer<F> offer = new Offer<>(
                kind,
                String.valueOf(name),
                service,
                reference.getBundle().getSymbolicName(),
                reference.getBundle().getVersion().toString(),
                ranking instanceof Integer number ? number : 0,
                texts(reference.getProperty(DeviceFactory.IMPERFECTIONS)));
        offers.put(reference, offer);
        catalog.add(offer);
    }

    private void remove(ServiceReference<?> reference) {
        Offer<?> offer = offers.remove(reference);
        if (offer != null) {
            catalog.remove(offer);
        }
    }

    private static List<String> texts(Object property) {
        return switch (property) {
            case null -> List.of();
            case String[] many -> Arrays.asList(many);
            default -> List.of(String.valueOf(property));
        };
    }
}
