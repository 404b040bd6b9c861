/**
 * How text is laid out for people and for other programs: tables, styled lines, the terminal's width, times, JSON.
 *
 * <p>{@link org.portolan.control.text.Table} measures all rows before it writes the first; {@link
 * org.portolan.control.text.StreamTable} writes rows while they are found. Times go over the wire as seconds since
 * 1970: {@link org.portolan.control.text.TimeText} reads what a person wrote, {@link
 * org.portolan.control.text.LocalTimes} writes it in the zone of the person who asked. Nothing here knows a router.
 */
package org.portolan.control.text;
