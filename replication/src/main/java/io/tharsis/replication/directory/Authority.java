package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;
import java.util.List;

/**
 * The right to write the document of a resource: an epoch of its log that this node has opened. To
 * overrule a branch a primary opens an epoch whose number is above the branch's and names the
 * branch's epoch among those it continues.
 *
 * @param epoch the epoch
 * @param continues the epochs it continues or overrules, the smallest first; of more than {@link
 *     Document#MAX_CONTINUES} the newest are kept
 * @param forced an operator has said that it may split the resource
 */
public record Authority(EpochRef epoch, List<EpochRef> continues, boolean forced) {

  /** An epoch that is greater than all it continues. */
  public Authority {
    int from = Math.max(0, continues.size() - Document.MAX_CONTINUES);
    continues = List.copyOf(continues.subList(from, continues.size()));
    for (int i = 0; i < continues.size(); i++) {
      EpochRef after = i + 1 < continues.size() ? continues.get(i + 1) : epoch;
      Invariant.check(continues.get(i).compareTo(after) < 0, "order of epochs", epoch);
    }
  }

  boolean supersedes(EpochRef other) {
    return Document.supersedes(epoch, continues, other);
  }
}
