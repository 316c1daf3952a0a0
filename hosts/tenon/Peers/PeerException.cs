namespace Tenon.Cli.Peers;

/// <summary>A peer isn't there, or can't do what it was asked for.</summary>
internal sealed class PeerException(string message, Exception? inner = null) : Exception(message, inner);
