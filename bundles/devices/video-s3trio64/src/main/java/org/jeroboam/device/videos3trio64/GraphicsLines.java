package org.jeroboam.device.videos3trio64;

/** Graphics: each unit gives eight dots, in one of three ways. */
final class GraphicsLines implements LineRenderer {
    private final VideoMemory memory;
    private final Raster raster;
    private final Palette palette;
    private Raster.Kind kind = Raster.Kind.PLANES;

    GraphicsLines(VideoMemory memory, Raster raster, Palette palette) {
        this.memory = memory;
        this.raster = raster;
        this.palette = palette;
    }

    @Override
    public void prepare() {
        kind = raster.kind();
    }

    @Override
    public void draw(int counter, int row, int columns, int[] dots) {
        for (int column = 0; column < columns; column++) {
            int unit = memory.get(raster.unit(counter + column, row));
            switch (kind) {
                case PAIRS -> pairs(unit, dots, column * 8);
                case BYTES -> bytes(unit, dots, column * 8);
                default -> planes(unit, dots, column * 8);
            }
        }
    }

    private void planes(int unit, int[] dots, int at) {
        int[] colors = palette.attributes();
        for (int dot = 0; dot < 8; dot++) {
            int bits = unit >> 7 - dot & 0x01010101;
            dots[at + dot] = colors[(bits | bits >> 7 | bits >> 14 | bits >> 21) & 15];
        }
    }

    /** Planes 0 and 2 give the low and the high pair of the first four dots, planes 1 and 3 those of the others. */
    private void pairs(int unit, int[] dots, int at) {
        int[] colors = palette.attributes();
        for (int dot = 0; dot < 8; dot++) {
            int pair = unit >> (dot < 4 ? 0 : 8) + (6 - 2 * (dot & 3));
            dots[at + dot] = colors[pair & 3 | pair >> 14 & 12];
        }
    }

    private void bytes(int unit, int[] dots, int at) {
        int[] colors = palette.bytes();
        for (int pixel = 0; pixel < 4; pixel++) {
            int color = colors[unit >> 8 * pixel & 0xFF];
            dots[at + 2 * pixel] = color;
            dots[at + 2 * pixel + 1] = color;
        }
    }
}
