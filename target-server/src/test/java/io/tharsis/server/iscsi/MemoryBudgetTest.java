package io.tharsis.server.iscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Memory is shared in turn, and small transfers always get theirs. */
class MemoryBudgetTest {

  private final MemoryBudget budget = new MemoryBudget(100 + 3 * 10, 10, 3);
  private final List<String> turns = new ArrayList<>();

  /** Wants transfers of one size, as many as are left. */
  private final class Wanting implements MemoryBudget.Claimant {
    private final String name;
    private final long bytes;
    private int left;

    Wanting(String name, long bytes, int left) {
      this.name = name;
      this.bytes = bytes;
      this.left = left;
    }

    Wanting begin() {
      memoryFreed();
      return this;
    }

    @Override
    public void memoryFreed() {
      while (left > 0 && budget.take(this, bytes).isPresent()) {
        turns.add(name);
        left--;
      }
      if (left == 0) {
        budget.withdraw(this);
      }
    }
  }

  private static MemoryBudget.Charge charge(long bytes) {
    return new MemoryBudget.Charge(bytes, MemoryBudget.Part.SHARED);
  }

  @Test
  void aLargeTransferIsNotOvertakenForEver() {
    new Wanting("small", 20, 7).begin();
    new Wanting("large", 90, 1).begin();
    assertThat(turns).containsOnly("small").hasSize(5);
    for (int i = 0; i < 6; i++) {
      budget.giveBack(charge(20));
    }
    assertThat(turns.subList(5, turns.size())).containsExactly("small", "large");
  }

  @Test
  void connectionsTakeTurns() {
    Wanting first = new Wanting("first", 60, 1).begin();
    new Wanting("one", 50, 3).begin();
    new Wanting("two", 50, 3).begin();
    assertThat(first.left).isZero();
    budget.giveBack(charge(60));
    for (int i = 0; i < 4; i++) {
      budget.giveBack(charge(50));
    }
    assertThat(turns).containsExactly("first", "one", "two", "one", "two", "one", "two");
  }

  @Test
  void whoGoesLetsTheNextOneHaveItsTurn() {
    new Wanting("first", 60, 1).begin();
    Wanting large = new Wanting("large", 100, 1).begin();
    new Wanting("next", 40, 1).begin();
    assertThat(turns).containsExactly("first");
    budget.withdraw(large);
    assertThat(turns).containsExactly("first", "next");
  }

  @Test
  void smallTransfersWaitForNobody() {
    new Wanting("all", 100, 2).begin();
    Optional<MemoryBudget.Charge> small = budget.takeSmall(10);
    assertThat(small).isPresent();
    assertThat(budget.takeSmall(11)).isEmpty();
    assertThat(budget.usedBytes()).isEqualTo(110);
    budget.giveBack(small.get());
    assertThat(budget.usedBytes()).isEqualTo(100);
  }

  @Test
  void aTransferLargerThanTheSharedPartHasItForItself() {
    new Wanting("some", 10, 1).begin();
    new Wanting("huge", 1000, 1).begin();
    assertThat(turns).containsExactly("some");
    budget.giveBack(charge(10));
    assertThat(turns).containsExactly("some", "huge");
  }

  @Test
  void manyTargetsShareWhatFewMayHaveEach() {
    IscsiLimits usual = IscsiLimits.defaults();
    assertThat(usual.sharedBy(4)).isEqualTo(usual);
    for (int targets = 5; targets < 200; targets++) {
      IscsiLimits each = usual.sharedBy(targets);
      assertThat(each.memory().targetBytes() * targets).isLessThanOrEqualTo(256L << 20);
      new MemoryBudget(each.memory().targetBytes(), each.memory().smallBytes(), each.connections());
    }
  }
}
