package io.tharsis.it.cluster;

import io.tharsis.it.process.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One leaf of MARS's tree of forced switches, {@code it/forced-switch.txt}. An immutable value.
 *
 * @param path names of its directories there
 */
record Leaf(String path) {

  /** All of them. */
  static List<Leaf> all() throws IOException {
    Path table = Checkout.find().home().resolve("it/forced-switch.txt");
    return Files.readAllLines(table).stream()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(Leaf::new)
        .toList();
  }

  private boolean has(String word) {
    return List.of(path.split("/", -1)).contains(word);
  }

  /** The nodes see each other all the time. */
  boolean connected() {
    return has("connected");
  }

  /** Somebody writes at the old primary when it is replaced. */
  boolean inUse() {
    return !has("data_dev_not_in_use");
  }

  /** In the end the old primary is the primary again. */
  boolean oldWins() {
    return has("orig_prim_becomes_prim");
  }

  /** The log of the one that is to be forced is destroyed before. */
  boolean logDestroyed() {
    return has("no_full_replay");
  }

  /** The nodes see each other again only when the split is resolved at the winner. */
  boolean reconnectAfter() {
    return has("reconnect_after_new_prim");
  }

  /** Logfiles are begun and given back at the old primary before it is replaced, and after. */
  boolean rotateBefore() {
    return has("logrot_orig_prim");
  }

  /** The same at the old primary while both are written to. */
  boolean rotateOldInSplit() {
    return has("logrot_spl_brain_orig_prim");
  }

  /** The same at the new primary while both are written to. */
  boolean rotateNewInSplit() {
    return has("logrot_spl_brain_orig_secon");
  }

  /** The loser is put out while it cannot be seen. */
  boolean disconnectBeforeLeave() {
    return has("disconnect_before_leave_resource");
  }

  @Override
  public String toString() {
    return path;
  }
}
