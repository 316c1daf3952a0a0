namespace Tenon.Compiler;

/// <summary>Something that needs memory for a while.</summary>
/// <param name="Bytes">How much.</param>
/// <param name="First">The first step at which it is used.</param>
/// <param name="Last">The last step at which it is used, inclusive.</param>
public readonly record struct Lifetime(long Bytes, int First, int Last);
