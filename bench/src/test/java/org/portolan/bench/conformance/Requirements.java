package org.portolan.bench.conformance;

import java.util.List;
import java.util.stream.Stream;

/**
 * The requirements that docs/conformance.md has a row for. RFC 7857 numbers its sections only; plain IP, the ingress
 * rules and the static rules have numbers of our own.
 */
final class Requirements {
    static final List<String> ALL = Stream.of(
                    numbered("RFC 4787 REQ-", "1 2 3 3a 4 5 5a 5b 5c 6 6a 7 8 9 9a 10 11 12 12a 12b 13 13a 14 14a"),
                    numbered("RFC 5382 REQ-", "1 2 2a 3 4 5 5a 6 7 8 8a 9 10"),
                    numbered("RFC 5508 REQ-", "1 1a 2 2a 3 3a 3b 3c 3d 4 5 6 7 8 9 10 11"),
                    numbered("RFC 6888 REQ-", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15"),
                    numbered("RFC 7857 ", "2 2.1 2.2 3 4 5 6 7 7.1 8 9 10 11 12"),
                    numbered("IP-", "1 2 3 4 5 6 7 8 9 10"),
                    numbered("IN-", "1 2 3 4 5 6 7 8 9 10 11 12 13 14"),
                    numbered("ST-", "1 2 3 4 5 6 7 8 9 10 11"))
            .flatMap(each -> each)
            .toList();

    private Requirements() {}

    private static Stream<String> numbered(final String document, final String numbers) {
        return Stream.of(numbers.split(" ")).map(number -> document + number);
    }
}
