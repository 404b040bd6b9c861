package org.portolan.control.view;

import org.portolan.control.expiry.OpeningTimer;
import org.portolan.control.expiry.Pressure;
import org.portolan.control.expiry.RefusalLog;
import org.portolan.control.expiry.SessionExpiry;

/**
 * What the control thread shows to operators.
 *
 * @param questions the way to that thread
 * @param neighbors to be asked on that thread only
 * @param editor for threads that may wait
 */
public record ControlSide(
        Questions questions,
        NeighborView neighbors,
        NeighborEditor editor,
        RefusalLog refusals,
        SessionExpiry expiry,
        OpeningTimer opening,
        Pressure pressure) {}
