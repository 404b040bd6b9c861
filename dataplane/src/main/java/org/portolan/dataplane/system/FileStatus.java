package org.portolan.dataplane.system;

/** What statx(2) says of an open file; filled by {@link FileCalls#status}. One thread. */
public final class FileStatus {
    private static final int TYPE = 0xF000;
    private static final int DIRECTORY = 0x4000;
    private static final int REGULAR = 0x8000;
    private static final int LINK = 0xA000;
    private static final int STICKY = 0x200;
    private static final int GROUP_WRITES = 0x10;
    private static final int ALL_WRITE = 0x2;

    private int mode;
    private int uid;
    private int gid;
    private int links;
    private long size;

    /**
     * @param mode type and permissions, as st_mode has them
     * @param size bytes
     */
    public void set(final int mode, final int uid, final int gid, final int links, final long size) {
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
        this.links = links;
        this.size = size;
    }

    public boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    public boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    public boolean isSymbolicLink() {
        return (mode & TYPE) == LINK;
    }

    /** In such a directory a name can be taken away by its owner only, as in /tmp. */
    public boolean isSticky() {
        return (mode & STICKY) != 0;
    }

    /** Whether its group may write to it. */
    public boolean mayGroupWrite() {
        return (mode & GROUP_WRITES) != 0;
    }

    /** Whether everybody may write to it. */
    public boolean mayAllWrite() {
        return (mode & ALL_WRITE) != 0;
    }

    /** Without the type. */
    public int permissions() {
        return mode & 0xFFF;
    }

    public int uid() {
        return uid;
    }

    public int gid() {
        return gid;
    }

    /** How many names it has. */
    public int links() {
        return links;
    }

    /** Its length in bytes. */
    public long size() {
        return size;
    }
}
