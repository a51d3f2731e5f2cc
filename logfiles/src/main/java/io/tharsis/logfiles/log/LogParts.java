package io.tharsis.logfiles.log;

/** What an opening hands to the log it begins. */
record LogParts(
    CheckpointFile checkpoint, PoisonFile poison, SummaryFiles summaries, Recovered recovered) {}
