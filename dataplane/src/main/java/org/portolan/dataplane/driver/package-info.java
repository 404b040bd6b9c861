/**
 * Which drivers there are: the one place that names a driver's classes. Everything else knows {@link
 * org.portolan.dataplane.io.Driver} and what it opens.
 */
package org.portolan.dataplane.driver;
