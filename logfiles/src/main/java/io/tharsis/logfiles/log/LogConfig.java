package io.tharsis.logfiles.log;

/**
 * How a log is to be opened.
 *
 * @param limits its limits
 * @param writer who writes it
 * @param acceptLoss whether an operator has said that the log may be cut at a damaged place in its
 *     newest logfile, losing acknowledged writes from there on
 */
public record LogConfig(LogLimits limits, WriterIdentity writer, boolean acceptLoss) {}
