package ${package};

import java.io.IOException;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.testkit.DiskFormatContract;

/** What every format must pass: comparison with an array, kills of the process, damage, read-only, unloading. */
class ${className}ContractTest extends DiskFormatContract {
    @Override
    protected DiskFormat format() {
        return new ${className}Format();
    }

    @Override
    protected Path create(Path directory, long sectors) throws IOException {
        Path image = directory.resolve("disk.img");
        Header.create(image, sectors);
        return image;
    }
}
