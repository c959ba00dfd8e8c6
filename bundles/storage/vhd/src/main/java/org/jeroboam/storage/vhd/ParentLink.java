package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a differencing disk says about its parent: the header's fields from 40 on, and the texts of its locators.
 *
 * @param id the parent's unique id
 * @param timeStamp when the parent's file was changed last, see {@link VhdTime}
 * @param name the parent's file name
 * @param locators those that are in use, up to eight
 * @param damage clauses about locators that cannot be used
 */
public record ParentLink(UUID id, int timeStamp, String name, List<ParentLocator> locators, List<String> damage) {
    /** The time stamp of a parent whose time is not known, and not checked: no disk is as old as that. */
    public static final int UNKNOWN_TIME = 0;

    private static final int MAX_LOCATORS = 8;
    private static final int AT_CHECKSUM = 36;
    private static final int AT_ID = 40;
    private static final int AT_TIME_STAMP = 56;
    private static final int AT_NAME = 64;
    private static final int NAME_SIZE = 512;
    private static final int AT_LOCATORS = 576;

    /** Copies the lists. */
    public ParentLink {
        locators = List.copyOf(locators);
        damage = List.copyOf(damage);
    }

    /**
     * Reads the link.
     *
     * @param file the child
     * @param bytes its dynamic header
     * @param position where that is
     * @param header the same, judged
     * @param dataEnd where the data of the file end
     * @return the link
     * @throws IOException when the host fails
     */
    static ParentLink read(ImageFile file, ByteBuffer bytes, long position, DynamicHeader header, long dataEnd)
            throws IOException {
        List<ParentLocator> locators = new ArrayList<>();
        List<String> damage = new ArrayList<>();
        for (int i = 0; i < MAX_LOCATORS; i++) {
            ParentLocator locator = ParentLocator.decode(bytes, AT_LOCATORS + i * ParentLocator.SIZE);
            if (locator.platform() == ParentLocator.NONE) {
                continue;
            }
            String wrong = judge(locator, position, header, dataEnd);
            if (wrong != null) {
                damage.add("parent locator " + (i + 1) + " " + wrong);
                locators.add(locator);
            } else {
                ByteBuffer text = VhdLayout.bytes(file, locator.position(), (int) locator.length());
                locators.add(locator.withText(text, dataEnd - locator.position()));
            }
        }
        String name = StandardCharsets.UTF_16BE
                .decode(bytes.duplicate().position(AT_NAME).limit(AT_NAME + NAME_SIZE))
                .toString();
        int end = name.indexOf(0);
        return new ParentLink(
                new UUID(bytes.getLong(AT_ID), bytes.getLong(AT_ID + Long.BYTES)),
                bytes.getInt(AT_TIME_STAMP),
                end < 0 ? name : name.substring(0, end),
                locators,
                damage);
    }

    private static String judge(ParentLocator locator, long position, DynamicHeader header, long dataEnd) {
        long from = locator.position();
        long length = locator.length();
        if (length > ParentLocator.MAX_LENGTH) {
            return "has " + length + " bytes of text, more than any path";
        }
        if (from < Footer.SIZE || from > dataEnd - length) {
            return "should be at byte " + Long.toUnsignedString(from) + ", outside the file";
        }
        long table = header.tableOffset();
        if (from < position + DynamicHeader.SIZE && position < from + length
                || from < table + header.tableSize() && table < from + length) {
            return "should be at byte " + from + ", over the file's own structures";
        }
        return null;
    }

    /**
     * The link to a parent, for a child to be made or changed. The parent's path is stored three times: relative to the
     * child's folder, absolute, and as a URL.
     *
     * @param child the child, whose folder exists
     * @param parent the parent's file, which exists
     * @param parentId the parent's unique id
     * @param position where the locators' texts go in the child: a whole sector
     * @return the link
     * @throws IOException when the host fails
     */
    public static ParentLink to(Path child, Path parent, UUID parentId, long position) throws IOException {
        Path folder = child.toAbsolutePath().getParent().toRealPath();
        Path target = parent.toRealPath();
        String relative = folder.relativize(target).toString().replace('/', '\\');
        List<ParentLocator> locators = new ArrayList<>();
        long at = position;
        for (ParentLocator locator : List.of(
                ParentLocator.create(ParentLocator.W2RU, relative.startsWith("..") ? relative : ".\\" + relative, 0),
                ParentLocator.create(ParentLocator.W2KU, target.toString(), 0),
                ParentLocator.create(ParentLocator.MACX, target.toUri().toString(), 0))) {
            locators.add(ParentLocator.create(locator.platform(), locator.text(), at));
            at += locator.space();
        }
        return new ParentLink(parentId, stampOf(target), target.getFileName().toString(), locators, List.of());
    }

    /**
     * The same link with another time of the parent's last change.
     *
     * @param stamp the time, see {@link VhdTime}, or {@link #UNKNOWN_TIME}
     * @return the link
     */
    public ParentLink withTimeStamp(int stamp) {
        return new ParentLink(id, stamp, name, locators, damage);
    }

    /**
     * The time stamp of a parent as it is now.
     *
     * @param parent the parent's file
     * @return when it was changed last; never {@link #UNKNOWN_TIME}
     * @throws IOException when the host fails
     */
    public static int stampOf(Path parent) throws IOException {
        int stamp = VhdTime.of(Files.getLastModifiedTime(parent).toInstant());
        // Files from before the year 2000 all count as from its first second.
        return stamp == UNKNOWN_TIME ? 1 : stamp;
    }

    /**
     * Puts the link into a header and makes its checksum right.
     *
     * @param header {@value DynamicHeader#SIZE} bytes of a dynamic header
     */
    public void encode(ByteBuffer header) {
        header.putLong(AT_ID, id.getMostSignificantBits());
        header.putLong(AT_ID + Long.BYTES, id.getLeastSignificantBits());
        header.putInt(AT_TIME_STAMP, timeStamp);
        ByteBuffer text =
                StandardCharsets.UTF_16BE.encode(name.substring(0, Math.min(name.length(), NAME_SIZE / 2 - 1)));
        header.put(AT_NAME, new byte[NAME_SIZE + MAX_LOCATORS * ParentLocator.SIZE]);
        header.put(AT_NAME, text, 0, text.limit());
        for (int i = 0; i < locators.size(); i++) {
            locators.get(i).encode(header, AT_LOCATORS + i * ParentLocator.SIZE);
        }
        header.putInt(AT_CHECKSUM, Checksum.of(header, DynamicHeader.SIZE, AT_CHECKSUM));
    }

    /**
     * Writes the locators' texts to their places.
     *
     * @param file the child
     * @throws IOException when the host fails
     */
    public void writeLocators(ImageFile file) throws IOException {
        for (ParentLocator locator : locators) {
            file.write(locator.position(), locator.content());
        }
    }

    /**
     * Where the space of the locators ends.
     *
     * @return bytes; 0 without locators
     */
    public long end() {
        long end = 0;
        for (ParentLocator locator : locators) {
            if (locator.text() != null) {
                end = Math.max(end, locator.position() + Math.max(locator.space(), locator.length()));
            }
        }
        return end;
    }
}
