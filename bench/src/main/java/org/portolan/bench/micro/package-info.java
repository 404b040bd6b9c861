/**
 * The router's parts and the router itself in memory, without devices, as JMH benchmarks. Each class says what its
 * figure is and holds its own baseline; two of them answer a question that a design decision hangs on. {@code
 * scripts/bench micro [JMH ARGUMENT...]} runs them: without arguments all, which takes hours; with a part of a name
 * those; {@code -l} lists, {@code -lp} with parameters, {@code -h} tells the rest.
 *
 * <table>
 * <caption>from the parts to the whole</caption>
 * <tr><th>class</th><th>a figure is ns for each</th></tr>
 * <tr><td>{@link org.portolan.bench.micro.MemoryAccessBenchmark}</td>
 * <td>frame or line read, four ways to memory</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.ChecksumBenchmark}</td><td>packet rewritten with right checksums</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.FlowKeyBenchmark}</td><td>packet parsed, hashed</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.NeighborLookupBenchmark}</td><td>next hop's MAC found</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.SessionLookupBenchmark}</td><td>session found, or found missing</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.SessionLayoutBenchmark}</td>
 * <td>session visited, with its second half in two places</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.SessionLifeBenchmark}</td><td>session opened and ended</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.RingCommandBenchmark}</td><td>command of control's, empty cycle</td></tr>
 * <tr><td>{@link org.portolan.bench.micro.PipelineBenchmark}</td><td>frame through the whole router</td></tr>
 * </table>
 *
 * <p>Quick figures of one class, with the bytes allocated and a file for other programs:
 * <pre>
 * scripts/bench micro PipelineBenchmark -p sessions=1048576 -f 1 -wi 2 -i 3 -prof gc -rf json -rff pipeline.json
 * </pre>
 *
 * <p>Two builds are compared in one JVM: {@code scripts/bench against OTHER/bench/target/benchmarks.jar} ({@link
 * org.portolan.bench.micro.AgainstVerb}).
 *
 * <p>{@link org.portolan.bench.micro.NumberedFlows} are the flows that all of them use, {@link
 * org.portolan.bench.micro.InMemoryRouter} is the production worker on {@link org.portolan.bench.micro.MemoryIo}.
 */
package org.portolan.bench.micro;
