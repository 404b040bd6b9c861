package org.portolan.control.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.portolan.control.config.SystemUser;
import org.portolan.control.log.Log;
import org.portolan.dataplane.system.Errno;
import org.portolan.dataplane.system.LibcException;

class PrivilegesTest {
    private static final SystemUser NOBODY = new SystemUser("nobody", 65_534, 65_533);

    private final FakeCredentials kernel = new FakeCredentials();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Log log = new Log(
            new PrintStream(bytes, true, StandardCharsets.UTF_8), Log.Style.JOURNAL, Log.Level.INFO, () -> 0, () -> 0);

    /** Notes each call, and refuses one by its number. */
    private static class FakeCredentials implements Credentials {
        private final List<String> calls = new ArrayList<>();
        private int refused = -1;
        private int capabilities = 41;
        private int user;

        private int note(final String call) {
            calls.add(call);
            return calls.size() - 1 == refused ? Errno.EPERM : 0;
        }

        @Override
        public void forbidPrograms() {
            if (note("forbidPrograms") != 0) {
                throw new LibcException("seccomp()", Errno.ENOSYS, "");
            }
        }

        @Override
        public int prctl(final int option, final long argument) {
            if (option == Privileges.PR_CAPBSET_DROP) {
                return argument < capabilities ? note("drop " + argument) : Errno.EINVAL;
            }
            assertThat(option).isEqualTo(Privileges.PR_SET_KEEPCAPS);
            return note("keepcaps " + argument);
        }

        @Override
        public void clearGroups() {
            if (note("setgroups") != 0) {
                throw new LibcException("setgroups(0)", Errno.EPERM, "");
            }
        }

        @Override
        public int setGroup(final int gid) {
            return note("setgid " + gid);
        }

        @Override
        public int setUser(final int uid) {
            user = uid;
            return note("setuid " + uid);
        }

        @Override
        public int keepOnly(final int capability) {
            return note("capset " + capability);
        }

        @Override
        public boolean isUser(final int uid) {
            return user == uid;
        }
    }

    /** Groups before the user: afterwards it may change neither. The capability after it: setuid clears them all. */
    @Test
    void shouldDropInTheOneOrderThatLeavesNothingBehind() {
        Privileges.drop(NOBODY, kernel);
        assertThat(kernel.calls)
                .containsExactly("keepcaps 1", "setgroups", "setgid 65533", "setuid 65534", "capset 13", "keepcaps 0");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void shouldNotGoOnWhenAStepIsRefused(final int step) {
        kernel.refused = step;
        assertThatThrownBy(() -> Privileges.drop(NOBODY, kernel)).hasMessageContaining("EPERM");
        assertThat(kernel.calls).hasSize(step + 1);
    }

    @Test
    void shouldSayWhichStepWasRefusedAndWhatItNeeds() {
        kernel.refused = 3;
        assertThatThrownBy(() -> Privileges.drop(NOBODY, kernel))
                .hasMessage(
                        "control.user: setuid(65534): EPERM (operation not permitted). Changing the user needs root,"
                                + " and in a user namespace a mapped user");
    }

    @Test
    void shouldNotTrustASetuidThatChangedNothing() {
        final FakeCredentials lying = new FakeCredentials() {
            @Override
            public boolean isUser(final int uid) {
                return false;
            }
        };
        assertThatThrownBy(() -> Privileges.drop(NOBODY, lying))
                .hasMessage("control.user: still not nobody after setuid");
    }

    @Test
    void shouldForbidProgramsAndThenEmptyTheBoundingSet() {
        Privileges.confine(Optional.of(NOBODY), log, kernel);
        assertThat(kernel.calls)
                .hasSize(42)
                .startsWith("forbidPrograms", "drop 0", "drop 1")
                .endsWith("drop 40");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void shouldNotRunWithAUserWhereProgramsCannotBeForbidden() {
        kernel.refused = 0;
        assertThatThrownBy(() -> Privileges.confine(Optional.of(NOBODY), log, kernel))
                .isInstanceOf(LibcException.class)
                .hasMessageContaining("control.user: seccomp()")
                .hasMessageContaining("AmbientCapabilities=CAP_NET_RAW");
    }

    @Test
    void shouldWarnWithoutAUserAndEmptyTheBoundingSetAllTheSame() {
        kernel.refused = 0;
        Privileges.confine(Optional.empty(), log, kernel);
        assertThat(kernel.calls).endsWith("drop 40");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("<4>seccomp is not available here");
    }

    /** A kernel with more capabilities than are asked for has an end all the same; one without CAP_SETPCAP refuses. */
    @Test
    void shouldEndTheLoopOverCapabilities() {
        kernel.capabilities = 1_000;
        Privileges.emptyBoundingSet(kernel);
        assertThat(kernel.calls).hasSize(Privileges.MOST_CAPABILITIES);
        final FakeCredentials powerless = new FakeCredentials();
        powerless.refused = 0;
        Privileges.emptyBoundingSet(powerless);
        assertThat(powerless.calls).containsExactly("drop 0");
    }
}
