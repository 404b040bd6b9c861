/**
 * What a verb prints: the tables, drawings and JSON that a running router answers with.
 *
 * <p>A {@link org.portolan.control.answer.Request} is one line: the verb and its options. Each answer is one class with
 * two static methods. {@code check} refuses wrong words as far as they can be known without a router, so the client
 * calls it before it asks. {@code write} asks the {@link org.portolan.control.view.RouterView} or the history and
 * writes the answer. {@link org.portolan.control.answer.HistoryAnswer} and {@link
 * org.portolan.control.answer.NeighborsAnswer} hand several verbs on.
 *
 * <p>The router does the printing, so two versions of the client cannot disagree about a table's shape. Read Request
 * first, then InterfacesAnswer as the shortest answer, then the others as needed.
 */
package org.portolan.control.answer;
