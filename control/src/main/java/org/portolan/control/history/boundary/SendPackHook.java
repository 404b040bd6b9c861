package org.portolan.control.history.boundary;

import java.util.Collection;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.PreUploadHook;
import org.eclipse.jgit.transport.UploadPack;

/** Of JGit's hooks the one that is called before a pack is made; the rounds that lead there count for nobody here. */
public abstract class SendPackHook implements PreUploadHook {
    @Override
    public final void onBeginNegotiateRound(
            final UploadPack up, final Collection<? extends ObjectId> wants, final int offered) {}

    @Override
    public final void onEndNegotiateRound(
            final UploadPack up,
            final Collection<? extends ObjectId> wants,
            final int found,
            final int notFound,
            final boolean ready) {}
}
