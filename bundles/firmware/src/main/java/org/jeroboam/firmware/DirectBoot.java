package org.jeroboam.firmware;

import java.util.List;
import org.jeroboam.firmware.LowMemory.Entry;
import org.jeroboam.hardware.firmware.BootContext;
import org.jeroboam.hardware.firmware.Firmware;

/** Loads a kernel without a BIOS: programs the board, places tables and kernel, and enters it. */
final class DirectBoot implements Firmware {
    private final KernelImage kernel;
    private final BootPlan plan;

    DirectBoot(KernelImage kernel, BootPlan plan) {
        this.kernel = kernel;
        this.plan = plan;
    }

    @Override
    public void boot(BootContext context) {
        BoardSetup board = new BoardSetup(context);
        GuestRam ram = new GuestRam(context.board().memory());
        board.openBiosArea();
        board.run();
        AcpiTables.write(ram, LowMemory.ACPI_TABLES);
        LowMemory.writeBiosData(ram);
        board.closeBiosArea();

        MemoryTypes.set(context.cpu());
        kernel.load(plan, ram, context.cpu());
        List<Entry> map = LowMemory.map(context.ram());
        switch (kernel) {
            case BzImage _ -> BzImage.writeMap(ram, map);
            case MultibootImage _ -> MultibootImage.writeMap(ram, map);
        }
    }
}
