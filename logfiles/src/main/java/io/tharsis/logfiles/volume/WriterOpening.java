package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.format.DiskStamp;
import io.tharsis.logfiles.log.LogOpening;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The opening of a resource to be written, from its files.
 *
 * @param resource which has nothing open yet
 * @param succession which epoch begins, if that was agreed with others
 */
record WriterOpening(LoggedResource resource, Optional<Succession> succession) {

  /**
   * Opens it.
   *
   * @param before what is to be done before anything is written
   */
  Async<LoggedResource> run(Supplier<Async<Void>> before) {
    return recover()
        .then(opening ->
            check(opening)
                .then(done -> before.get())
                .orElse(opening.abandoning())
                .then(done -> resource.begin(opening, succession)));
  }

  /** Whoever succeeds to somebody does not create anything. */
  private Async<LogOpening> recover() {
    Seams seams = resource.seams();
    List<DiskStamp> stamps = resource.copies().stream().map(VolumeCopy::stamp).toList();
    return succession.isEmpty()
        ? LogOpening.open(seams, resource.config().log(), stamps, resource::recovered)
        : LogOpening.openExisting(seams, resource.config().log(), stamps, resource::recovered);
  }

  private Async<Void> check(LogOpening opening) {
    if (succession.isPresent() && opening.state().isEmpty()) {
      return Async.failed(
          new IOException("nothing of the log is here that the resource could be taken over from"));
    }
    List<VolumeCopy> copies = resource.copies();
    OpenedSizes sizes = new OpenedSizes(opening, copies);
    sizes.tell();
    return new DiskCheck(opening.checkpoint(), copies)
        .run(true)
        .then(done -> sizes.prepare())
        .then(done -> DirtyMap.verifyConsistent(resource.seams().store(), opening))
        .then(done -> Async.forEach(copies, VolumeCopy::measureSpace));
  }
}
