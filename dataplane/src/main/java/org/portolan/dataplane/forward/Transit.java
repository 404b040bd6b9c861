package org.portolan.dataplane.forward;

import org.portolan.dataplane.io.Frame;
import org.portolan.dataplane.wire.Packet;

/**
 * One packet on its way through the router: the frame that it came in, its parsed headers, and what each stage found
 * out for the next one. This record is the only thing that stages hand to each other for a packet; what is the same for
 * a whole batch (the time) goes in parameters.
 *
 * <table>
 * <caption>who writes what, and who reads it</caption>
 * <tr><th>field</th><th>written by</th><th>read by</th></tr>
 * <tr><td>frame</td><td>the driver that received it, or the table in which it waited</td><td>all</td></tr>
 * <tr><td>ingress, waited</td><td>the pipeline, before everything else</td><td>all</td></tr>
 * <tr><td>packet, verdict</td><td>the classifier</td><td>all; after a verdict other than 0 the packet means
 * nothing</td></tr>
 * <tr><td>hash, likely</td><td>the look-up's passes over the batch</td><td>the look-up</td></tr>
 * <tr><td>route interval, egress, next hop, its slot and MAC</td>
 * <td>{@link Forwarder#plan}; the MAC only if it says 0</td>
 * <td>opening, holding, {@link Forwarder#use}, {@link Forwarder#dispatch}</td></tr>
 * </table>
 *
 * <p>Used again for packet after packet, by one worker.
 */
public final class Transit {
    private static final int NO_SLOT = -1;

    private final Frame frame;
    private final Packet packet = new Packet();
    private Port ingress;
    private boolean waited;
    private int verdict;
    private int likely;
    private long hash;
    private Port egress;
    private int interval;
    private int nextHop;
    private int neighborSlot;
    private long nextHopMac;

    /** For the packets that come in this frame's record, one after the other. */
    public Transit(final Frame frame) {
        this.frame = frame;
    }

    /** @param from the port that the frame came in by */
    public void begin(final Port from, final boolean hasWaited) {
        // A store of a reference costs more than the comparison, and most batches come from the port of the last one.
        if (ingress != from) {
            ingress = from;
        }
        waited = hasWaited;
        neighborSlot = NO_SLOT;
    }

    public Frame frame() {
        return frame;
    }

    public Packet packet() {
        return packet;
    }

    /** The port that the frame came in by. */
    public Port ingress() {
        return ingress;
    }

    /** Whether the frame has waited for its next hop already; it does not wait twice. */
    public boolean hasWaited() {
        return waited;
    }

    public void verdict(final int value) {
        verdict = value;
    }

    /** What the classifier said: 0 for a packet that may be carried. */
    public int verdict() {
        return verdict;
    }

    public void hash(final long value) {
        hash = value;
    }

    /** Of the packet's flow. */
    public long hash() {
        return hash;
    }

    public void likely(final int match) {
        likely = match;
    }

    /** The match that the touch found for the hash, or -1; it is compared like any other. */
    public int likely() {
        return likely;
    }

    void plan(final int routeInterval, final Port out, final int address) {
        interval = routeInterval;
        if (egress != out) {
            egress = out;
        }
        nextHop = address;
    }

    /** The interval of the route table that the destination is in, when there is a {@link #neighborSlot}. */
    int interval() {
        return interval;
    }

    void neighborSlot(final int slot) {
        neighborSlot = slot;
    }

    /** Of the next hop in its table of neighbors; negative when no plan came as far, or it has no slot. */
    int neighborSlot() {
        return neighborSlot;
    }

    void nextHopMac(final long mac) {
        nextHopMac = mac;
    }

    /** The port that the packet is to leave by, once {@link Forwarder#plan} has found a route. */
    public Port egress() {
        return egress;
    }

    /** The address whose MAC the frame is to be sent to. */
    public int nextHop() {
        return nextHop;
    }

    long nextHopMac() {
        return nextHopMac;
    }
}
