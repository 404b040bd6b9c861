/**
 * What a history costs: {@code scripts/bench year} writes a year of changes with the router's own writer, merges packs
 * as the router does, and says bytes a change, pauses and the time to look into the past. It measures and never judges.
 */
package org.portolan.bench.history;
