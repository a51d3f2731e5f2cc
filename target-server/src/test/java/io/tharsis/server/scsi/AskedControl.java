package io.tharsis.server.scsi;

import io.tharsis.server.scsi.AccessControl.Answer;
import io.tharsis.server.scsi.AccessControl.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Remembers what initiators wish, and answers when the test says so. */
final class AskedControl implements AccessControl {

  final List<Integer> asked = new ArrayList<>();
  private final ManualOwner owner;
  private final ArrayDeque<Answer> waiting = new ArrayDeque<>();

  AskedControl(ManualOwner owner) {
    this.owner = owner;
  }

  @Override
  public boolean isExplicit() {
    return true;
  }

  @Override
  public void prefer(int group, Answer answer) {
    asked.add(group);
    waiting.add(answer);
  }

  int waiting() {
    return waiting.size();
  }

  /** Answers the oldest wish, if there is one. */
  void answer(Verdict verdict) {
    Answer oldest = waiting.poll();
    if (oldest != null) {
      owner.execute(() -> oldest.ended(verdict));
    }
  }
}
