package io.tharsis.logfiles.log;

import io.tharsis.logfiles.format.BranchNote;
import io.tharsis.logfiles.format.LogfileName;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The branches that are kept in the directory of a resource: logfiles that a log had beyond the
 * place from which the log that counts has gone on differently. Nobody needs them but people. Their
 * files have names of their own: that of the branch, and what they were called in the log.
 */
public final class LogBranches {

  /** A file that is not all there yet. */
  static final String PART = "part-";

  private static final Pattern FILE = Pattern.compile("(branch-[0-9a-f]{8}-[0-9]+)-(log-.+)");

  /**
   * A branch.
   *
   * @param name with the first digits of the epoch that it has left, and the LSN where
   * @param logfiles what they were called, in log order
   */
  public record Branch(String name, List<String> logfiles) {
    /** A copy of the list. */
    public Branch {
      logfiles = List.copyOf(logfiles);
    }

    /** Where it begins. */
    long forkLsn() {
      return Long.parseLong(name.substring(name.lastIndexOf('-') + 1));
    }
  }

  /**
   * A branch and what is known of it.
   *
   * @param bytes that its files take
   */
  public record Kept(String name, long bytes, BranchNote note) {}

  private LogBranches() {}

  static String fileName(Fork fork, String logfile) {
    return fork.branchName() + "-" + logfile;
  }

  /** All branches in a directory, in order of their names. */
  public static Async<List<Branch>> list(Store store) {
    return store
        .list()
        .map(names -> {
          SortedMap<String, List<String>> found = new TreeMap<>();
          for (String name : names) {
            Matcher file = FILE.matcher(name);
            if (file.matches()) {
              found.computeIfAbsent(file.group(1), any -> new ArrayList<>()).add(file.group(2));
            }
          }
          return found.entrySet().stream()
              .map(entry -> new Branch(entry.getKey(), entry.getValue()))
              .toList();
        });
  }

  /**
   * Keeps all of a log as a branch that cannot be rewound, before it begins anew: what there is of
   * it below the fork, too. Nobody has it open. To be repeated until it has succeeded. Of a logfile
   * that is kept already by a rewinding, which may have blanked it since, nothing more is kept.
   */
  public static Async<Void> setAside(Store store, Fork fork) {
    return store
        .lock()
        .then(locked ->
            store
                .list()
                .then(names ->
                    Async.forEach(
                        names.stream()
                            .filter(name -> LogfileName.parse(name).isPresent())
                            .filter(name -> !names.contains(fileName(fork, name)))
                            .toList(),
                        name -> store.rename(name, fileName(fork, name))))
                .then(done -> store.syncDirectory())
                .orElse(cause -> Async.failedAfter(store.unlock(), cause)))
        .then(done -> store.unlock());
  }

  /**
   * All branches in a directory and what they are, in order of their names. One that was not asked
   * for before is kept from now on, and that is durable.
   *
   * @param nowMillis wall clock, milliseconds since 1970-01-01 UTC
   */
  public static Async<List<Kept>> kept(Store store, long nowMillis) {
    List<Kept> all = new ArrayList<>();
    return store
        .list()
        .then(names ->
            list(store)
                .then(branches ->
                    Async.forEach(
                        branches,
                        branch ->
                            new BranchNotes(store, branch)
                                .read(names, nowMillis)
                                .map(kept -> {
                                  all.add(kept);
                                  return null;
                                }))))
        .map(done -> List.copyOf(all));
  }

  /** Deletes a branch for ever; none of its files is open. Idempotent. */
  public static Async<Void> delete(Store store, String branch) {
    return list(store)
        .then(all ->
            Async.forEach(
                all.stream().filter(it -> it.name().equals(branch)).toList(),
                it ->
                    Async.forEach(it.logfiles(), logfile -> store.delete(branch + "-" + logfile))))
        .then(done -> store.list())
        .then(names ->
            names.contains(BranchNotes.fileName(branch))
                ? store.delete(BranchNotes.fileName(branch))
                : Async.done())
        .then(done -> store.syncDirectory());
  }
}
