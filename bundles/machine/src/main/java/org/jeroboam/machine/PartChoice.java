package org.jeroboam.machine;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.part.Target;

/** Chooses from which services a machine's parts come, and makes them. Machine thread. */
final class PartChoice {
    private final Chassis chassis;
    private final Set<Offer<?>> failed = Collections.newSetFromMap(new WeakHashMap<>());

    PartChoice(Chassis chassis) {
        this.chassis = chassis;
    }

    /** Remembers what is not to be tried again of itself. */
    void fail(Offer<?> offer) {
        if (offer != null) {
            failed.add(offer);
        }
    }

    boolean hasFailed(Offer<?> offer) {
        return offer != null && failed.contains(offer);
    }

    /** A service that went and comes again deserves another trial. */
    void forgive(Offer<?> offer) {
        failed.remove(offer);
    }

    /** Makes all parts that are not made yet; the machine is off. */
    void chooseAll() throws Refusal {
        for (Part part : chassis.parts) {
            if (part.device() == null) {
                Offer<DeviceFactory> offer =
                        chassis.catalog.best(DeviceFactory.class, part.config().type());
                if (offer == null) {
                    throw Refusal.of(missing(part));
                }
                part.install(offer, make(part, offer), null);
            }
        }
        chooseFirmware();
        if (chassis.coreOffer == null) {
            chassis.coreOffer = core();
        }
        String drives = chassis.drives.resolve();
        if (drives != null) {
            throw Refusal.of(drives);
        }
    }

    // ---- devices

    String missing(Part part) {
        return "device " + part.name() + " needs a bundle for type "
                + part.config().type() + "; there are: " + chassis.catalog.names(DeviceFactory.class);
    }

    List<Offer<DeviceFactory>> devices(Part part) {
        return chassis.catalog.all(DeviceFactory.class, part.config().type());
    }

    /** Makes a device; attached to nothing. */
    Device make(Part part, Offer<DeviceFactory> offer) throws Refusal {
        chassis.making = new WeakReference<>(offer);
        try {
            return chassis.guarded(
                    part.name(), Hang.CREATE, () -> offer.service().create(part.config()));
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            throw Refusal.fault("device " + part.name() + " cannot be made: " + Refusal.text(e), e);
        }
    }

    /** The best of those that a target fits. */
    static <F> Offer<F> pick(List<Offer<F>> offers, Target target, String what) throws Refusal {
        List<Offer<F>> fitting = target.among(offers);
        if (fitting.isEmpty()) {
            throw Refusal.of("no bundle offers " + what + (target.equals(Target.ANY) ? "" : " as " + target)
                    + "; there are: " + (offers.isEmpty() ? "none" : String.join(", ", Target.names(offers))));
        }
        return fitting.getFirst();
    }

    // ---- firmware

    void chooseFirmware() throws Refusal {
        if (chassis.firmware != null) {
            return;
        }
        String type = chassis.config.firmware().type();
        List<Offer<FirmwareFactory>> all = chassis.catalog.all(FirmwareFactory.class, type);
        Offer<FirmwareFactory> offer =
                all.stream().filter(o -> !hasFailed(o)).findFirst().orElse(null);
        if (offer == null && !all.isEmpty()) {
            throw Refusal.of("firmware '" + type + "' failed; install a mended one");
        }
        if (offer == null) {
            throw Refusal.of("there is no bundle for firmware '" + type + "'; there are: "
                    + chassis.catalog.names(FirmwareFactory.class));
        }
        chassis.firmware = make(offer);
        chassis.firmwareOffer = offer;
        chassis.firmwareOrigin = SwapLog.Origin.of(offer);
    }

    Firmware make(Offer<FirmwareFactory> offer) throws Refusal {
        chassis.making = new WeakReference<>(offer);
        try {
            return chassis.guarded(PartExchange.FIRMWARE, Hang.CREATE, () -> offer.service()
                    .create(chassis.config.firmware().properties(), chassis.config.memoryBytes()));
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            throw Refusal.fault("firmware '" + offer.name() + "' cannot be made: " + Refusal.text(e), e);
        }
    }

    // ---- the processor core

    /** The core that was chosen by command, as long as there is one that can be used; else what the configuration says. */
    Offer<CpuCoreFactory> core() throws Refusal {
        for (Offer<CpuCoreFactory> offer : chassis.catalog.all(CpuCoreFactory.class)) {
            if (offer.name().equals(chassis.coreChosen)
                    && !hasFailed(offer)
                    && offer.service().probe().usable()) {
                return offer;
            }
        }
        return core(chassis.config.cpuCore(), Target.ANY);
    }

    /** The usable core of the highest rank; name null for any. */
    Offer<CpuCoreFactory> core(String name, Target target) throws Refusal {
        Offer<CpuCoreFactory> best = null;
        int rank = Integer.MIN_VALUE;
        String reasons = "";
        List<Offer<CpuCoreFactory>> all = chassis.catalog.all(CpuCoreFactory.class).stream()
                .filter(offer -> name == null || name.equals(offer.name()))
                .toList();
        for (Offer<CpuCoreFactory> offer : target.among(all)) {
            CpuCoreFactory.Probe probe = offer.service().probe();
            if (!probe.usable()) {
                reasons = "; " + offer.name() + ": " + probe.reason();
            } else if (probe.rank() > rank) {
                best = offer;
                rank = probe.rank();
            }
        }
        if (best == null) {
            throw Refusal.of("there is no usable processor core" + (name == null ? "" : " '" + name + "'")
                    + (target.equals(Target.ANY) ? "" : " as " + target) + "; there are: "
                    + (all.isEmpty() || target.equals(Target.ANY)
                            ? chassis.catalog.names(CpuCoreFactory.class)
                            : String.join(", ", Target.names(all)))
                    + reasons);
        }
        return best;
    }
}
