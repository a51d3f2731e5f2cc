package io.tharsis.server.cluster;

import io.tharsis.logfiles.seam.Owner;
import io.tharsis.replication.node.RoleWish;
import io.tharsis.replication.remote.AccessState;
import io.tharsis.replication.remote.Front;
import io.tharsis.server.scsi.AccessControl;

/**
 * Passes what initiators ask with SET TARGET PORT GROUPS on to the node. They can ask at each node
 * for that node's own group. Lives on the resource's owner.
 *
 * @param owner of the resource
 * @param own number of this node's group
 * @param front through which the device is reached; its listener tells the device
 * @param wish the way to the node
 */
record WishedAccess(Owner owner, int own, Front front, RoleWish wish) implements AccessControl {

  @Override
  public boolean isExplicit() {
    return true;
  }

  @Override
  public void prefer(int group, Answer answer) {
    if (group != own) {
      owner.execute(() -> answer.ended(Verdict.REFUSED));
      return;
    }
    wish.ask()
        .observe(
            became -> answer.ended(verdict(became)), nodeHasEnded -> answer.ended(Verdict.FAILED));
  }

  /** The role may have gone on at once, before the answer was here. */
  private Verdict verdict(RoleWish.Answer became) {
    return switch (became) {
      case DONE -> front.state() == AccessState.OPTIMIZED ? Verdict.DONE : Verdict.FAILED;
      case REFUSED -> Verdict.REFUSED;
      case FAILED -> Verdict.FAILED;
    };
  }
}
