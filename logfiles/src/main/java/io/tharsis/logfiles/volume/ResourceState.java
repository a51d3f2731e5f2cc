package io.tharsis.logfiles.volume;

/** What a resource does for its initiators. */
public sealed interface ResourceState {

  /** It is being recovered, or waits for log space. */
  record Opening() implements ResourceState {}

  /** It reads and writes. */
  record Serving() implements ResourceState {}

  /** It reads, and takes no writes any more, for this reason. */
  record Stopped(String reason) implements ResourceState {}

  /** Another member writes the log on; nothing is read or written here any more. */
  record Ceded() implements ResourceState {}

  /** A bug of this program was met: it does nothing any more until it is opened again. */
  record Failed(String reason) implements ResourceState {}

  /** It finishes what it has begun. */
  record Closing() implements ResourceState {}

  /** Its files are closed, or another role of this node has them. */
  record Closed() implements ResourceState {}
}
