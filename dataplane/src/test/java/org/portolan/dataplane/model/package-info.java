/**
 * What Portolan does with a frame, as an executable specification, and a test that runs random traces through it and
 * through the real worker and compares every byte that leaves, every counter and every session.
 *
 * <h2>The specification</h2> Classes that begin with Spec. They are slow and plain: maps, lists and copies of byte
 * arrays, with parsers and checksums of their own, so that an error in {@code wire} or {@code nat} is not repeated here.
 * They share the names of drop reasons and the records of the config with the dataplane, and nothing else. Read them in
 * this order:
 *
 * <ol>
 * <li>{@link org.portolan.dataplane.model.SpecRouter}: a frame's way.
 * <li>{@link org.portolan.dataplane.model.SpecFrame}, {@link org.portolan.dataplane.model.SpecPacket}: what is whole.
 * <li>{@link org.portolan.dataplane.model.SpecFilter}: who may send what.
 * <li>{@link org.portolan.dataplane.model.SpecAdmission}: what becomes of a packet without a session.
 * <li>{@link org.portolan.dataplane.model.SpecFiltering}: who may send to what from outside.
 * <li>{@link org.portolan.dataplane.model.SpecMappings}: which outside endpoint an inside one gets, and for how long.
 * <li>{@link org.portolan.dataplane.model.SpecUdp}, {@link org.portolan.dataplane.model.SpecTcp}, {@link
 * org.portolan.dataplane.model.SpecIcmp}: one protocol each: check, state, rewriting.
 * <li>{@link org.portolan.dataplane.model.SpecTimers}, {@link org.portolan.dataplane.model.SpecPolicy}: what ends.
 * <li>{@link org.portolan.dataplane.model.SpecAnswers}: what the router itself says.
 * </ol>
 *
 * <p>A port must be hard to guess, so the specification cannot predict one. It asks {@link
 * org.portolan.dataplane.model.SpecChoices} which one the router has taken, and judges whether it was allowed: free, of
 * the right class, on the right address. From there on everything is exact. The same goes for the address of a pool, for
 * which of two goes first that have rested since the same second, and for the router's own answers beyond the limits
 * that are granted at the least.
 *
 * <p>Where a mode is to be added:
 * <table>
 * <caption>one place each</caption>
 * <tr><th>mode</th><th>place</th></tr>
 * <tr><td>filtering</td><td>{@code SpecFiltering.admits}</td></tr>
 * <tr><td>mapping</td><td>{@code SpecMappings.takeOnce}, {@code mayShare} and {@code isFree}</td></tr>
 * <tr><td>pairing</td><td>{@code SpecMappings.outsideEndpoint}</td></tr>
 * <tr><td>hairpinning</td><td>{@code SpecAdmission.hairpin}, {@code SpecRouter.turn}</td></tr>
 * <tr><td>fragments</td><td>{@code SpecPacket.check}, {@code SpecWay.obstacle}</td></tr>
 * <tr><td>window check</td><td>{@code SpecTcp.track}</td></tr>
 * <tr><td>ranges, one to one</td><td>{@code SpecTerms.forwardAt}, {@code forwardTo} and {@code mapped}</td></tr>
 * <tr><td>other protocols</td><td>{@code SpecTerms.refusalOfOther}</td></tr>
 * <tr><td>parity</td><td>{@code SpecMappings.hasParity}</td></tr>
 * <tr><td>refreshing</td><td>{@code SpecRouter.track}</td></tr>
 * </table>
 *
 * <p>Departures that the specification follows, since the router has them: a session that the inside has opened through
 * a forward lives on when the forward is removed, and the next session of that inside endpoint gets another outside
 * port, which RFC 4787 REQ-1 does not want; without a place for another inside host, closed connections do not give
 * way.
 *
 * <p>Traces do not reach: another address than the paired one, timers by port, fragments, the window check, offload,
 * full transmit rings, exhausted ports and restarts.
 *
 * <h2>The test</h2> Classes that begin with Trace. {@link org.portolan.dataplane.model.TraceMaker} makes the actions of
 * a trace from a seed, with the weights of a {@link org.portolan.dataplane.model.TraceProfile}, on the network of {@link
 * org.portolan.dataplane.model.TraceNetwork}. {@link org.portolan.dataplane.model.TraceRun} runs them through {@link
 * org.portolan.dataplane.model.TraceRouter} and the specification. The trace has its own time, 25 ms a step, and plays
 * control's part: it ends sessions whose time is over, changes the policy and sweeps.
 *
 * <p>A trace that fails is printed with its seed and made short by {@link org.portolan.dataplane.model.TraceShrinker}.
 * To run it again:
 *
 * <pre>{@code
 * scripts/test -pl dataplane -Dtest=TraceModelTest \
 *     -Dportolan.test.jvm="-Dportolan.model.profile=TINY -Dportolan.model.seed=135"
 * }</pre>
 *
 * <p>To keep it, write the printed lines into a file in {@code src/test/resources/model}, with a comment that says what
 * it shows; {@code TraceCasesTest} runs each. Another number of steps: {@code -Dportolan.model.steps=100000000}.
 * {@code TraceHonestyTest} shows that faults are found.
 */
package org.portolan.dataplane.model;
