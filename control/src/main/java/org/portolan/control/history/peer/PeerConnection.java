package org.portolan.control.history.peer;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.errors.PackProtocolException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.PacketLineIn;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.TransferConfig;
import org.eclipse.jgit.transport.UploadPack;
import org.portolan.control.history.boundary.BoundaryUploadPack;
import org.portolan.control.history.peer.PeerServer.Limits;
import org.portolan.control.history.store.HistoryRepository;
import org.portolan.control.history.store.Refs;
import org.portolan.control.history.store.RouterIdentity;

/** One client that reads the history, from its first line to its end. Its own thread, but for what says otherwise. */
final class PeerConnection {
    /** What the history is called here; {@code /} is it too. */
    static final String NAME = "/state.git";

    private static final String READ = "git-upload-pack ";
    private static final String WRITE = "git-receive-pack ";
    /** So often a client may be waited for as long as one read or write may take. */
    private static final int MOST_WAITS = 4;

    /** And for a second more for each so many bytes. */
    private static final int LEAST_BYTES_A_SECOND = 4_096;

    private static final int LONGEST_REQUEST = 1_024;
    private static final int OUT_BYTES = 65_536;
    private static final int PARTING_MS = 500;
    private static final int PARTING_READS = 32;
    private static final int PARTING_BYTES = 8_192;

    private final Socket socket;
    private final HistoryRepository history;
    private final PackBudget packs;
    private final Limits limits;
    private final Traffic traffic;
    private final Origin origin;
    private final long sinceNs = System.nanoTime();
    private volatile boolean asked;

    PeerConnection(
            final Socket socket,
            final HistoryRepository history,
            final PackBudget packs,
            final Limits limits,
            final Traffic.Totals totals) {
        this.socket = socket;
        this.history = history;
        this.packs = packs;
        this.limits = limits;
        traffic = new Traffic(totals, limits.receivedBytes());
        origin = Origin.of(socket.getInetAddress());
    }

    Origin origin() {
        return origin;
    }

    /** Any thread. */
    void closeIfLate(final long nowNs) {
        final long ageMs = TimeUnit.NANOSECONDS.toMillis(nowNs - sinceNs);
        final long idleNs = TimeUnit.MILLISECONDS.toNanos(limits.idleMs());
        final boolean isSlow =
                traffic.waitedNs(nowNs) > idleNs || traffic.isSlow(nowNs, MOST_WAITS * idleNs, LEAST_BYTES_A_SECOND);
        if (ageMs > limits.totalMs() || isSlow || !asked && ageMs > limits.requestMs()) {
            close();
        }
    }

    /** Any thread: a read or write that waits ends with it. */
    void close() {
        try {
            socket.close();
        } catch (final IOException e) {
            return;
        }
    }

    /**
     * @return false when something was asked for that is not served
     * @throws IOException when it ended early
     */
    boolean serve() throws IOException {
        socket.setTcpNoDelay(true);
        final InputStream in = new BufferedInputStream(traffic.of(socket.getInputStream()));
        final OutputStream out = new BufferedOutputStream(traffic.of(socket.getOutputStream()), OUT_BYTES);
        final String request = new PacketLineIn(in, LONGEST_REQUEST).readStringRaw();
        asked = true;
        final String refusal = refusal(request);
        if (!refusal.isEmpty()) {
            new PacketLineOut(out).writeString("ERR " + refusal + "\n");
            part(in, out);
            return false;
        }
        try (PackBudget.Share share = packs.share(history, origin);
                SpooledAnswer answer = new SpooledAnswer(out, share, history.path())) {
            try {
                uploadPack(share, parameters(request)).upload(answer.requests(in), answer, null);
            } finally {
                share.release();
                answer.send();
                part(in, out);
            }
        }
        return true;
    }

    /** Reads what is still on its way: closing before that would take back the last words with a reset. */
    private void part(final InputStream in, final OutputStream out) throws IOException {
        out.flush();
        final byte[] rest = new byte[PARTING_BYTES];
        try {
            socket.shutdownOutput();
            socket.setSoTimeout(PARTING_MS);
            int reads = 0;
            while (reads < PARTING_READS && in.read(rest) >= 0) {
                reads++;
            }
        } catch (final SocketTimeoutException | SocketException e) {
            return;
        }
    }

    /** Command, space, path; then, each after a zero, the host's name and the extra parameters (gitprotocol-pack). */
    private static String refusal(final String request) {
        final int zero = request.indexOf('\0');
        final String command = (zero < 0 ? request : request.substring(0, zero)).stripTrailing();
        if (command.startsWith(WRITE)) {
            return "this history is served to be read, not written";
        }
        if (!command.startsWith(READ)) {
            return "git-upload-pack is all that is served here";
        }
        final String path = command.substring(READ.length());
        final boolean known = path.equals(NAME) || path.equals(NAME + "/") || path.equals("/");
        return known ? "" : "no such repository: the one here is " + NAME;
    }

    private static List<String> parameters(final String request) {
        final int zeros = request.indexOf("\0\0");
        return zeros < 0 ? List.of() : List.of(request.substring(zeros + 2).split("\0"));
    }

    private UploadPack uploadPack(final PackBudget.Share share, final List<String> parameters) throws IOException {
        final UploadPack service = new BoundaryUploadPack(new ServedRepository(history.git(), share));
        // The repository's own configuration might open what is closed here.
        service.setTransferConfig(new TransferConfig(new Config()));
        service.setPackConfig(packing());
        service.setRefFilter(PeerConnection::visible);
        // Fixed for the connection: what the client was shown it may want, though the historian goes on meanwhile.
        service.setAdvertisedRefs(refs());
        // Whether something else can be reached would be asked of a walk through the whole history.
        service.setRequestValidator((up, wants) -> {
            if (!wants.isEmpty()) {
                throw new PackProtocolException("want " + wants.get(0).name() + " not valid");
            }
        });
        service.setPreUploadHook(share);
        service.setProtocolV2Hook(share);
        service.setExtraParameters(parameters);
        return service;
    }

    /** With one that says whose history it is, and which no clone takes. */
    private Map<String, Ref> refs() throws IOException {
        final Repository git = history.git();
        final Map<String, Ref> refs = new LinkedHashMap<>();
        for (final Ref ref : Arrays.asList(Refs.primary(git), Refs.head(git))) {
            if (ref != null) {
                refs.put(ref.getName(), ref);
            }
        }
        for (final Ref ref : git.getRefDatabase().getRefsByPrefix(HistoryRepository.EXPIRE_PREFIX)) {
            refs.put(ref.getName(), ref);
        }
        final String identity = history.own().identity().ref();
        refs.put(identity, new ObjectIdRef.Unpeeled(Ref.Storage.LOOSE, identity, history.primary()));
        return refs;
    }

    /** Peers' heads are theirs to tell. */
    private static Map<String, Ref> visible(final Map<String, Ref> refs) {
        final Map<String, Ref> visible = new LinkedHashMap<>();
        refs.forEach((name, ref) -> {
            if (name.equals(Constants.HEAD)
                    || name.equals(HistoryRepository.PRIMARY)
                    || name.startsWith(RouterIdentity.ANNOUNCED)
                    || name.startsWith(HistoryRepository.EXPIRE_PREFIX)) {
                visible.put(name, ref);
            }
        });
        return visible;
    }

    /** What lies in the packs goes out as it lies there: searching for deltas would take CPUs and memory. */
    private static PackConfig packing() {
        final PackConfig packing = new PackConfig();
        packing.setDeltaCompress(false);
        packing.setThreads(1);
        packing.setCompressionLevel(1);
        packing.setBuildBitmaps(false);
        return packing;
    }
}
