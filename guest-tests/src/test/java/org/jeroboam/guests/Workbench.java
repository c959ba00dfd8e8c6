package org.jeroboam.guests;

import java.util.List;
import org.jeroboam.chipset.i440bx.bridge.I82443bxFactory;
import org.jeroboam.chipset.i440bx.dma.I8237Factory;
import org.jeroboam.chipset.i440bx.isa.Piix4IsaFactory;
import org.jeroboam.chipset.i440bx.pic.I8259Factory;
import org.jeroboam.chipset.i440bx.pit.I8254Factory;
import org.jeroboam.chipset.i440bx.pm.Piix4PmFactory;
import org.jeroboam.chipset.i440bx.rtc.Mc146818Factory;
import org.jeroboam.cpu.interpreter.InterpreterCoreFactory;
import org.jeroboam.cpu.recompilerx64.RecompilerCoreFactory;
import org.jeroboam.device.debug.DebugConsoleFactory;
import org.jeroboam.device.debug.ExitPortFactory;
import org.jeroboam.device.floppy.FloppyFactory;
import org.jeroboam.device.ide.IdeFactory;
import org.jeroboam.device.keyboardmouse.KeyboardMouseFactory;
import org.jeroboam.device.serial.SerialFactory;
import org.jeroboam.device.videos3trio64.S3Trio64Factory;
import org.jeroboam.firmware.DirectBootFactory;
import org.jeroboam.firmware.bios.BiosFactory;
import org.jeroboam.firmware.fwcfg.FwCfgFactory;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.SerializingMachine;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.LocalMachineFactory;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;
import org.jeroboam.platform.locks.FileLocks;
import org.jeroboam.sample.ne2000.Ne2000Factory;
import org.jeroboam.sample.splitraw.SplitRawFormat;
import org.jeroboam.storage.iso.IsoFormat;
import org.jeroboam.storage.raw.RawFormat;
import org.jeroboam.storage.vhddifferencing.VhdDifferencingFormat;
import org.jeroboam.storage.vhddynamic.VhdDynamicFormat;
import org.jeroboam.storage.vhdfixed.VhdFixedFormat;

/** All real parts, put into a catalog by hand. Every message to and from a machine is turned into bytes and back. */
final class Workbench implements AutoCloseable {
    private final PartCatalog catalog = new PartCatalog();
    private final LocalMachineFactory machines = new LocalMachineFactory(catalog);

    Workbench() {
        add(CpuCoreFactory.class, "interpreter", new InterpreterCoreFactory());
        add(CpuCoreFactory.class, "recompiler-x64", new RecompilerCoreFactory());
        add(DeviceFactory.class, "i82443bx", new I82443bxFactory());
        add(DeviceFactory.class, "i8237", new I8237Factory());
        add(DeviceFactory.class, "piix4-isa", new Piix4IsaFactory());
        add(DeviceFactory.class, "i8259", new I8259Factory());
        add(DeviceFactory.class, "i8254", new I8254Factory());
        add(DeviceFactory.class, "piix4-pm", new Piix4PmFactory());
        add(DeviceFactory.class, "mc146818", new Mc146818Factory());
        add(DeviceFactory.class, "debug-console", new DebugConsoleFactory());
        add(DeviceFactory.class, "exit-port", new ExitPortFactory());
        add(DeviceFactory.class, "piix4-ide", new IdeFactory());
        add(DeviceFactory.class, "i82077aa", new FloppyFactory());
        add(DeviceFactory.class, "s3trio64", new S3Trio64Factory());
        add(DeviceFactory.class, "i8042", new KeyboardMouseFactory());
        add(DeviceFactory.class, "serial-16550", new SerialFactory());
        add(DeviceFactory.class, "fw-cfg", new FwCfgFactory());
        add(DeviceFactory.class, "ne2000", new Ne2000Factory());
        add(FirmwareFactory.class, "bios", new BiosFactory());
        add(FirmwareFactory.class, "direct", new DirectBootFactory());
        add(DiskFormat.class, "raw", new RawFormat());
        add(DiskFormat.class, "iso", new IsoFormat());
        add(DiskFormat.class, "vhd-fixed", new VhdFixedFormat());
        add(DiskFormat.class, "vhd-dynamic", new VhdDynamicFormat());
        add(DiskFormat.class, "vhd-differencing", new VhdDifferencingFormat());
        add(DiskFormat.class, "split-raw", new SplitRawFormat());
        add(ImageLocks.class, "locks", new FileLocks());
    }

    private <F> void add(Class<F> kind, String name, F factory) {
        catalog.add(new Offer<>(kind, name, factory, "workbench", "1.0.0", 0, List.of()));
    }

    /** What machines are made from. */
    PartCatalog catalog() {
        return catalog;
    }

    MachineFactory machines() {
        return SerializingMachine.wrap(machines);
    }

    @Override
    public void close() {
        machines.close();
    }
}
