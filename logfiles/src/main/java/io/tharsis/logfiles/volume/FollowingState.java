package io.tharsis.logfiles.volume;

/** What a resource at a secondary is doing with its log. */
public sealed interface FollowingState {

  /** It takes log. */
  record Following() implements FollowingState {}

  /** It takes no log any more until it is opened again; what it has is still applied. */
  record Stopped(String reason) implements FollowingState {}

  /** A bug of this program was met: it does nothing any more until it is opened again. */
  record Failed(String reason) implements FollowingState {}

  /** It finishes what it has begun. */
  record Closing() implements FollowingState {}

  /** Its files are closed, or another role of this node has them. */
  record Closed() implements FollowingState {}
}
