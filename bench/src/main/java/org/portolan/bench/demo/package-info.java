/**
 * The main job in one command: {@code scripts/portolan demo} builds the lab, starts the router in it, drives real
 * traffic through and shows what happened. Every step compares what arrived with what it knows must arrive; the exit
 * code is 0 only if all of that was right.
 */
package org.portolan.bench.demo;
