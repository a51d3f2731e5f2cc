package io.tharsis.replication.directory;

/** Whoever wants to know what changes; called on the owner, when the change is durable. */
public interface DirectoryListener {

  /** A document has come or changed, whoever wrote it; {@link Directory#view()} shows it. */
  void changed(Key key);

  /** Something that an operator must know; told when it begins, not again while it lasts. */
  void alarm(Alarm alarm);
}
