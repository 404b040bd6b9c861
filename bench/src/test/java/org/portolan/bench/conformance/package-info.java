/** docs/conformance.md and the tests that it names. */
package org.portolan.bench.conformance;
