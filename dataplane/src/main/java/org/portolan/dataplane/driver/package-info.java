/**
 * Which drivers a config can name: the one place of this module that names a driver's classes. Everything else here
 * knows {@link org.portolan.dataplane.io.Driver} and what it opens.
 */
package org.portolan.dataplane.driver;
