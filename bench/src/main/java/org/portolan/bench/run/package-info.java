/**
 * A benchmark run and its files. A run is a directory:
 *
 * <pre>
 * run.json            what was measured, and where: {@link org.portolan.bench.run.RunInfo}
 * measurements.jsonl  one line a point, appended when it was measured: {@link org.portolan.bench.run.Measurement}
 * raw/                interval logs (.hlog) and other raw data, named after their point
 * report.html         made from the above by the report; so are the pictures beside it
 * </pre>
 *
 * <p>A line is {@code {"kind": "throughput", "device": "portolan", "frame": "64", "sessions": 1000, "load": 0,
 * "round": 1, "values": {"loss_free_fps": 742000.0}, "files": []}}. A line that was cut short by the end of the process
 * is passed over when the file is read, and the point measured again. Figures and their units are one list,
 * {@link org.portolan.bench.run.Figure}.
 */
package org.portolan.bench.run;
