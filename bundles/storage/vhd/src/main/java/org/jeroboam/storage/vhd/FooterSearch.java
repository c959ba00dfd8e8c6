package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The footer and its copy, looked for where they can be.
 *
 * @param found the one that counts; null when there is none
 * @param bytes the same as it is in the file
 * @param position where the footer at the end is, or would be
 * @param endDamage what is wrong with the footer at the end; null when it is good
 * @param copyEqual whether the copy is there and the same
 * @param copyOlder whether the copy is a good footer of the same disk that says something else
 * @param claim what the file says to be, even if it is damaged
 */
record FooterSearch(
        Footer found,
        ByteBuffer bytes,
        long position,
        DamagedException endDamage,
        boolean copyEqual,
        boolean copyOlder,
        VhdClaim claim) {

    /** Old programs forgot the last byte. */
    private static final int OLD_SIZE = Footer.SIZE - 1;

    static FooterSearch in(ImageFile file) throws IOException {
        long size = file.size();
        if (size < OLD_SIZE) {
            DamagedException tooSmall = new DamagedException(
                    size == 0 ? "the file is empty" : "the file has " + size + " bytes, less than a footer");
            return new FooterSearch(null, null, 0, tooSmall, false, false, VhdClaim.NONE);
        }
        long position = size - Footer.SIZE;
        ByteBuffer end = size < Footer.SIZE ? null : VhdLayout.bytes(file, position, Footer.SIZE);
        if (end == null || end.getLong(0) != Footer.COOKIE) {
            ByteBuffer old = ByteBuffer.allocateDirect(Footer.SIZE);
            file.read(size - OLD_SIZE, old.limit(OLD_SIZE));
            old.clear();
            if (end == null || old.getLong(0) == Footer.COOKIE) {
                end = old;
                position = size - OLD_SIZE;
            }
        }
        ByteBuffer copy = size < Footer.SIZE ? end : VhdLayout.bytes(file, 0, Footer.SIZE);
        DamagedException damage;
        try {
            Footer footer = Footer.decode(end);
            boolean equal = copy.equals(end);
            boolean older = !equal && isOlder(copy, footer);
            return new FooterSearch(footer, end, position, null, equal, older, VhdClaim.of(footer.type()));
        } catch (DamagedException e) {
            damage = e;
        }
        try {
            Footer footer = Footer.decode(copy);
            if (footer.type() != DiskType.FIXED) {
                return new FooterSearch(footer, copy, position, damage, true, false, VhdClaim.of(footer.type()));
            }
        } catch (DamagedException e) {
            if (copy.getLong(0) == Footer.COOKIE && end.getLong(0) != Footer.COOKIE) {
                damage = new DamagedException(damage.getMessage() + ", and in its copy " + e.getMessage());
            }
        }
        return new FooterSearch(null, null, position, damage, false, false, VhdClaim.ofDamaged(end, copy));
    }

    private static boolean isOlder(ByteBuffer copy, Footer footer) {
        try {
            Footer other = Footer.decode(copy);
            return other.type() == footer.type() && other.uniqueId().equals(footer.uniqueId());
        } catch (DamagedException e) {
            return false;
        }
    }

    DamagedException damage() {
        return endDamage;
    }
}
