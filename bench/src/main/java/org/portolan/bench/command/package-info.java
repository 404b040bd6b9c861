/**
 * The command line of {@code scripts/bench}: which verbs there are, what becomes of an error, and the help. The verbs
 * are in the packages whose work they do. Exit codes and wording are those of {@code portolan}.
 */
package org.portolan.bench.command;
