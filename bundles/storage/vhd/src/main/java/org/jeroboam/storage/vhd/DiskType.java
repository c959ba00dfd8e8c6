package org.jeroboam.storage.vhd;

/** What kind of disk a footer describes (field "Disk Type"). */
public enum DiskType {
    /** All sectors are in the file, one after the other. */
    FIXED(2, "fixed"),
    /** Blocks are in the file once they were written. */
    DYNAMIC(3, "dynamic"),
    /** Like dynamic, over a parent that holds what is not in the file. */
    DIFFERENCING(4, "differencing");

    private final int code;
    private final String label;

    DiskType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /**
     * The number in the footer.
     *
     * @return 2 to 4
     */
    public int code() {
        return code;
    }

    /**
     * The kind's name for people.
     *
     * @return such as {@code dynamic}
     */
    public String label() {
        return label;
    }

    /**
     * The kind of a number.
     *
     * @param code the footer's number
     * @return the kind
     * @throws DamagedException when the specification gives the number no meaning
     */
    static DiskType of(int code) throws DamagedException {
        for (DiskType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new DamagedException("the footer names disk type " + Integer.toUnsignedString(code)
                + ", which is neither fixed, dynamic nor differencing");
    }
}
