package org.portolan.control.history.store;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which router a history belongs to. Two routers may have one name by mistake: the id tells them apart, because it is
 * drawn at random when a router first keeps a history in a repository.
 *
 * @param name the router's name
 * @param id 16 digits, hexadecimal
 */
public record RouterIdentity(String name, String id) {
    /**
     * A server announces its identity to its peers as a reference of this kind beside {@code primary}: NAME, a slash,
     * and the id. A router's name may have dots where a reference may have none, so they are written as {@code +}.
     */
    public static final String ANNOUNCED = "refs/portolan/";

    private static final int ID_BYTES = 8;
    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern REF = Pattern.compile(ANNOUNCED + "([A-Za-z0-9+_-]{1,64})/(" + ID.pattern() + ")");

    static RouterIdentity draw(final String name) {
        final byte[] id = new byte[ID_BYTES];
        new SecureRandom().nextBytes(id);
        return new RouterIdentity(name, HexFormat.of().formatHex(id));
    }

    static boolean isId(final String text) {
        return ID.matcher(text).matches();
    }

    /** How it is announced. */
    public String ref() {
        return ANNOUNCED + name.replace('.', '+') + "/" + id;
    }

    /** The identity that a reference announces, if it announces one. */
    public static Optional<RouterIdentity> announced(final String ref) {
        final Matcher parts = REF.matcher(ref);
        return parts.matches()
                ? Optional.of(new RouterIdentity(parts.group(1).replace('+', '.'), parts.group(2)))
                : Optional.empty();
    }
}
