package org.portolan.control.history.peer;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.DeflaterOutputStream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.TreeFormatter;

/** Objects byte by byte, sound ones and others, and packs of them. */
final class RawHistory {
    static final String SCHEMA = "schema 1\n";
    static final String LIVE = """
            state live
            mac 02:00:00:00:00:01
            since 2025-11-24T16:00:00Z
            seen 2025-11-24T16:00:00Z
            reason answered
            interface lan
            stamp 1 edge-2
            """;
    static final String ADDRESS = "arp/0/office/192.168.1/5";

    record Item(int type, byte[] raw) {}

    /** By id, in the order of making. */
    final Map<ObjectId, Item> objects = new LinkedHashMap<>();

    ObjectId add(final int type, final byte[] raw) {
        final ObjectId id = new ObjectInserter.Formatter().idFor(type, raw);
        objects.put(id, new Item(type, raw));
        return id;
    }

    ObjectId blob(final String text) {
        return add(Constants.OBJ_BLOB, text.getBytes(StandardCharsets.UTF_8));
    }

    record File(FileMode mode, ObjectId id) {}

    File file(final String text) {
        return new File(FileMode.REGULAR_FILE, blob(text));
    }

    /** @param files by path; a name that ends in a slash is an empty directory */
    ObjectId tree(final Map<String, File> files) {
        final TreeMap<String, Map<String, File>> below = new TreeMap<>();
        final TreeMap<String, File> entries = new TreeMap<>();
        files.forEach((path, file) -> {
            final int slash = path.indexOf('/');
            if (slash < 0) {
                entries.put(path, file);
            } else {
                final Map<String, File> there =
                        below.computeIfAbsent(path.substring(0, slash + 1), each -> new LinkedHashMap<>());
                if (slash + 1 < path.length()) {
                    there.put(path.substring(slash + 1), file);
                }
            }
        });
        below.forEach((name, there) -> entries.put(name, new File(FileMode.TREE, tree(there))));
        final TreeFormatter tree = new TreeFormatter();
        entries.forEach((name, file) ->
                tree.append(name.endsWith("/") ? name.substring(0, name.length() - 1) : name, file.mode, file.id));
        return add(Constants.OBJ_TREE, tree.toByteArray());
    }

    ObjectId commit(final ObjectId tree, final ObjectId... parents) {
        return commit(tree, Scribble.BEGIN_S, "", "m\n", parents);
    }

    ObjectId commit(
            final ObjectId tree, final long atS, final String header, final String message, final ObjectId... parents) {
        final StringBuilder text = new StringBuilder("tree " + tree.name() + "\n");
        for (final ObjectId parent : parents) {
            text.append("parent ").append(parent.name()).append('\n');
        }
        text.append("author a <a@b> ").append(atS).append(" +0000\n");
        text.append("committer a <a@b> ").append(atS).append(" +0000\n");
        text.append(header).append('\n').append(message);
        return add(Constants.OBJ_COMMIT, text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The files of a sound table, with something changed. */
    Map<String, File> good(final Consumer<Map<String, File>> change) {
        final Map<String, File> files = new LinkedHashMap<>();
        files.put("portolan", file(RawHistory.SCHEMA));
        files.put(RawHistory.ADDRESS, file(RawHistory.LIVE));
        change.accept(files);
        return files;
    }

    ObjectId goodTree() {
        return tree(good(files -> {}));
    }

    /** A whole, small history. */
    ObjectId sound() {
        return commit(goodTree());
    }

    byte[] pack() throws IOException {
        final Pack pack = new Pack(objects.size());
        for (final Item each : objects.values()) {
            pack.whole(each.type, each.raw);
        }
        return pack.finish();
    }

    /** A pack that is written as one says, whether it makes sense or not. */
    static final class Pack {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Pack(final int count) throws IOException {
            final DataOutputStream header = new DataOutputStream(bytes);
            header.writeBytes("PACK");
            header.writeInt(2);
            header.writeInt(count);
        }

        int position() {
            return bytes.size();
        }

        void whole(final int type, final byte[] raw) throws IOException {
            header(type, raw.length);
            deflate(raw);
        }

        void delta(final int basePosition, final byte[] delta) throws IOException {
            final long back = bytes.size() - basePosition;
            header(Constants.OBJ_OFS_DELTA, delta.length);
            back(back);
            deflate(delta);
        }

        void delta(final ObjectId base, final byte[] delta) throws IOException {
            header(Constants.OBJ_REF_DELTA, delta.length);
            base.copyRawTo(bytes);
            deflate(delta);
        }

        void header(final int type, final long size) {
            long rest = size >>> 4;
            bytes.write((rest > 0 ? 0x80 : 0) | type << 4 | (int) (size & 15));
            while (rest > 0) {
                bytes.write((int) ((rest >>> 7 > 0 ? 0x80 : 0) | rest & 0x7F));
                rest >>>= 7;
            }
        }

        private void back(final long distance) {
            final byte[] digits = new byte[10];
            int at = digits.length - 1;
            long rest = distance;
            digits[at] = (byte) (rest & 0x7F);
            for (rest >>>= 7; rest > 0; rest >>>= 7) {
                rest--;
                at--;
                digits[at] = (byte) (0x80 | rest & 0x7F);
            }
            bytes.write(digits, at, digits.length - at);
        }

        void deflate(final byte[] raw) throws IOException {
            try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
                out.write(raw);
            }
        }

        byte[] finish() {
            try {
                bytes.writeBytes(MessageDigest.getInstance("SHA-1").digest(bytes.toByteArray()));
            } catch (final NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
            return bytes.toByteArray();
        }
    }

    /** A delta that makes of a base of one size so many copies of its first bytes, at most 64 KB each. */
    static byte[] copies(final int baseSize, final int copies, final int size) {
        final ByteArrayOutputStream delta = new ByteArrayOutputStream();
        number(delta, baseSize);
        number(delta, (long) copies * size);
        for (int i = 0; i < copies; i++) {
            delta.write(0x80 | 0x10 | 0x20);
            delta.write(size & 0xFF);
            delta.write(size >>> 8);
        }
        return delta.toByteArray();
    }

    private static void number(final ByteArrayOutputStream out, final long value) {
        long rest = value;
        while (rest > 0x7F) {
            out.write((int) (0x80 | rest & 0x7F));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
